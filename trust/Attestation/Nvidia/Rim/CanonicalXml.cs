using System.Buffers;
using System.Text;
using System.Xml;

namespace ConfidentialOperator.Attestation.Nvidia.Rim;

/// <summary>
/// Writes elements and text as Canonical XML 1.1 without comments (which is Canonical XML 1.0 where nothing has attributes of <c>xml:</c>): attributes and
/// namespaces in order, no namespace that the parent has already, characters escaped in one way. It keeps the namespaces of every open element, written or not.
/// </summary>
internal sealed class CanonicalXml
{
    private const string NamespaceOfNamespaces = "http://www.w3.org/2000/xmlns/";

    private static readonly SearchValues<char> s_textEscapes = SearchValues.Create("&<>\r");
    private static readonly SearchValues<char> s_valueEscapes = SearchValues.Create("&<\"\t\n\r");

    private readonly List<(string Prefix, string Uri)> _scope = [];
    private readonly List<(string Prefix, string Uri)> _namespaces = [];
    private readonly List<(string Uri, string Local, string Name, string Value)> _attributes = [];
    private readonly Stack<int> _marks = new();

    /// <summary>Opens the element at which the reader stands.</summary>
    /// <param name="reader">The reader; it stands at the element again afterwards.</param>
    /// <param name="target">Where it is written; null when it only counts for the namespaces below it.</param>
    /// <param name="isApex">Whether nothing above it is written: then it carries every namespace that is in scope.</param>
    public void Open(XmlReader reader, StringBuilder? target, bool isApex)
    {
        _namespaces.Clear();
        _attributes.Clear();
        for (bool more = reader.MoveToFirstAttribute(); more; more = reader.MoveToNextAttribute())
        {
            if (reader.NamespaceURI == NamespaceOfNamespaces)
            {
                _namespaces.Add((reader.Prefix.Length == 0 ? "" : reader.LocalName, reader.Value));
            }
            else
            {
                _attributes.Add((reader.NamespaceURI, reader.LocalName, reader.Name, reader.Value));
            }
        }

        reader.MoveToElement();
        int mark = _scope.Count;
        _marks.Push(mark);
        _scope.AddRange(_namespaces);
        if (target is not null)
        {
            _namespaces.RemoveAll(entry => Find(entry.Prefix, mark) == entry.Uri);
            Write(reader.Name, isApex ? InScope() : _namespaces, _attributes, target);
        }
    }

    /// <summary>Closes the element that was opened last.</summary>
    public void Close(string name, StringBuilder? target)
    {
        int mark = _marks.Pop();
        _scope.RemoveRange(mark, _scope.Count - mark);
        target?.Append("</").Append(name).Append('>');
    }

    public static void Text(string text, StringBuilder target)
    {
        ReadOnlySpan<char> rest = text;
        for (int at = rest.IndexOfAny(s_textEscapes); at >= 0; at = rest.IndexOfAny(s_textEscapes))
        {
            target.Append(rest[..at]).Append(rest[at] switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", _ => "&#xD;" });
            rest = rest[(at + 1)..];
        }

        target.Append(rest);
    }

    private static void Write(string name, List<(string Prefix, string Uri)> namespaces, List<(string Uri, string Local, string Name, string Value)> attributes,
        StringBuilder target)
    {
        namespaces.Sort((left, right) => string.CompareOrdinal(left.Prefix, right.Prefix));
        attributes.Sort((left, right) => string.CompareOrdinal(left.Uri, right.Uri) is var order and not 0 ? order : string.CompareOrdinal(left.Local, right.Local));
        target.Append('<').Append(name);
        foreach ((string prefix, string uri) in namespaces)
        {
            Attribute(prefix.Length == 0 ? "xmlns" : $"xmlns:{prefix}", uri, target);
        }

        foreach ((_, _, string attribute, string value) in attributes)
        {
            Attribute(attribute, value, target);
        }

        target.Append('>');
    }

    private static void Attribute(string name, string value, StringBuilder target)
    {
        target.Append(' ').Append(name).Append("=\"");
        ReadOnlySpan<char> rest = value;
        for (int at = rest.IndexOfAny(s_valueEscapes); at >= 0; at = rest.IndexOfAny(s_valueEscapes))
        {
            target.Append(rest[..at]).Append(rest[at] switch { '&' => "&amp;", '<' => "&lt;", '"' => "&quot;", '\t' => "&#x9;", '\n' => "&#xA;", _ => "&#xD;" });
            rest = rest[(at + 1)..];
        }

        target.Append(rest);
        target.Append('"');
    }

    /// <summary>Returns what a prefix stands for among the first so many entries; empty for nothing.</summary>
    private string Find(string prefix, int count)
    {
        for (int at = count - 1; at >= 0; at--)
        {
            if (_scope[at].Prefix == prefix)
            {
                return _scope[at].Uri;
            }
        }

        return "";
    }

    private List<(string Prefix, string Uri)> InScope()
    {
        var found = new List<(string Prefix, string Uri)>();
        for (int at = _scope.Count - 1; at >= 0; at--)
        {
            if (!found.Exists(entry => entry.Prefix == _scope[at].Prefix))
            {
                found.Add(_scope[at]);
            }
        }

        found.RemoveAll(entry => entry.Uri.Length == 0);
        return found;
    }
}
