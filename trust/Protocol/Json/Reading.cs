using System.Text;
using System.Text.Json;

namespace ConfidentialOperator.Protocol.Json;

/// <summary>One pass over one document: remembers the first fault, and which objects were opened.</summary>
internal sealed class Reading(string what)
{
    private const int LongestShown = 64;

    private readonly List<StrictObject> _opened = [];

    /// <summary>Gets the first fault.</summary>
    public Refusal? Fault { get; private set; }

    public void Fail(RefusalReason reason, string path, string message) =>
        Fault ??= new(reason, $"The {what} is refused: {(path.Length == 0 ? "it" : $"'{path}'")} {message}.");

    public StrictObject Open(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Fail(RefusalReason.Malformed, path, "must be an object");
        }

        var opened = new StrictObject(this, element, path);
        _opened.Add(opened);
        return opened;
    }

    public void CheckAllRead()
    {
        foreach (StrictObject opened in _opened)
        {
            opened.CheckAllRead();
        }
    }

    /// <summary>Refuses names that stand twice, and escapes that are no characters, anywhere in the document.</summary>
    public void CheckText(JsonElement root)
    {
        if (TextFault.Find(root) is { } fault)
        {
            Fail(fault.Reason, fault.Path, fault.Message);
        }
    }

    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>A stranger's name as it may stand in a sentence: short, and without what a terminal or a log would obey.</summary>
    public static string Shown(string name)
    {
        var shown = new StringBuilder();
        foreach (char c in name.AsSpan(0, Math.Min(name.Length, LongestShown)))
        {
            shown.Append(c is > ' ' and < '\x7f' and not '\'' ? c : '?');
        }

        return shown.Append(name.Length > LongestShown ? "..." : "").ToString();
    }
}
