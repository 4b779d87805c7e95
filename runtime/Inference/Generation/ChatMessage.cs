namespace ConfidentialOperator.Inference.Generation;

/// <summary>One message of a chat.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c> or whatever word the model's template knows.</param>
/// <param name="Content">What it says.</param>
internal sealed record ChatMessage(string Role, string Content)
{
    /// <summary>Says nothing of the content: a message that is printed by accident gives nothing away.</summary>
    public override string ToString() => $"{nameof(ChatMessage)}({Content.Length} characters)";
}
