namespace ConfidentialOperator.Controller.Broker;

/// <summary>Makes a peer's sentence fit to be shown: one line of bounded length.</summary>
internal static class SafeText
{
    private const int Longest = 1024;

    public static string Of(string text) =>
        string.Concat(text.Take(Longest).Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? ' ' : letter)).Trim();
}
