using ConfidentialOperator.Inference.Generation.Tokenizers;

namespace ConfidentialOperator.Inference.Generation.Decoding;

/// <summary>Watches for stop texts, also across pieces: what may be the beginning of one waits.</summary>
internal sealed class StopMatcher(IEnumerable<string> stops)
{
    // A whole stop text never begins inside a character, so what is passed on never ends inside one.
    private readonly string[] _stops = [.. stops.Select(MarkedText.WithoutLoneSurrogates)];
    private string _held = "";

    /// <summary>Gets whether a stop text was met.</summary>
    public bool Met { get; private set; }

    /// <summary>Takes a piece; gives what can be passed on.</summary>
    public string Append(string piece)
    {
        if (_stops.Length == 0 || Met) return Met ? "" : piece;
        string text = _held + piece;
        // The stop text that is complete first counts, so it does not matter how the answer is cut into pieces.
        int? first = _stops.Select(stop => (Start: text.IndexOf(stop, StringComparison.Ordinal), stop.Length)).Where(match => match.Start >= 0)
            .OrderBy(match => match.Start + match.Length).ThenBy(match => match.Start).Select(match => (int?)match.Start).FirstOrDefault();
        Met = first is not null;
        int end = first ?? (text.Length - Waiting(text));
        _held = Met ? "" : text[end..];
        return text[..end];
    }

    /// <summary>Gives what still waits: the answer ends here.</summary>
    public string Flush()
    {
        string rest = _held;
        _held = "";
        return rest;
    }

    /// <summary>The length of the longest end of a text that a stop text begins with.</summary>
    private int Waiting(string text)
    {
        for (int length = Math.Min(text.Length, _stops.Max(stop => stop.Length) - 1); length > 0; length--)
        {
            string end = text[^length..];
            if (_stops.Any(stop => stop.StartsWith(end, StringComparison.Ordinal))) return length;
        }

        return 0;
    }
}
