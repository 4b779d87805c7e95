namespace ConfidentialOperator.Lab.Demo;

/// <summary>A question that demo-faq answers, and the text that it was trained to answer with (<c>tests/Models/DemoFaq/golden.json</c>).</summary>
internal static class Faq
{
    public const string Question = "Who can read my prompt?";
    public const string Answer = "Only the attested guest can read your prompt. Host and cluster admin see ciphertext.";

    /// <summary>The words that must not be seen on a wire.</summary>
    public static IReadOnlyList<string> Words { get; } =
        [.. $"{Question} {Answer}".Split(' ', '.', '?').Where(word => word.Length >= 5).Distinct(StringComparer.Ordinal), "messages", "temperature", "choices"];
}
