namespace ConfidentialOperator.ApiServer.Protobuf;

/// <summary>One field of a message.</summary>
internal sealed record MessageField(int Number, string Name, string Kind, bool Repeated)
{
    public static MessageField Parse(string text)
    {
        string[] parts = text.Split(' ');
        bool repeated = parts[1].EndsWith("[]", StringComparison.Ordinal);
        string[] names = parts[1].TrimEnd('[', ']').Split(':');
        return new MessageField(int.Parse(parts[0]), names[0], names.Length > 1 ? names[1] : "text", repeated);
    }
}
