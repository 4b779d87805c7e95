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

    private readonly List<(string Prefix, string Uri)> _scope = [];
    private readonly Stack<int> _marks = new();

    /// <summary>Opens the element at which the reader stands.</summary>
    /// <param name="reader">The reader; it stands at the element again afterwards.</param>
    /// <param name="target">Where it is written; null when it only counts for the namespaces below it.</param>
    /// <param name="isApex">Whether nothing above it is written: then it carries every namespace that is in scope.</param>
    public void Open(XmlReader reader, StringBuilder? target, bool isApex)
    {
        List<(string Prefix, string Uri)> namespaces = [];
        List<(string Uri, string Local, string Name, string Value)> attributes = [];
        for (bool more = reader.MoveToFirstAttribute(); more; more = reader.MoveToNextAttribute())
        {
            if (reader.NamespaceURI == NamespaceOfNamespaces)
            {
                namespaces.Add((reader.Prefix.Length == 0 ? "" : reader.LocalName, reader.Value));
            }
            else
            {
                attributes.Add((reader.NamespaceURI, reader.LocalName, reader.Name, reader.Value));
            }
        }

        reader.MoveToElement();
        List<(string Prefix, string Uri)> written = isApex ? [] : [.. namespaces.Where(entry => Find(entry.Prefix) != entry.Uri)];
        _marks.Push(_scope.Count);
        _scope.AddRange(namespaces);
        if (target is not null)
        {
            Write(reader.Name, isApex ? InScope() : written, attributes, target);
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
        foreach (char c in text)
        {
            _ = c switch
            {
                '&' => target.Append("&amp;"),
                '<' => target.Append("&lt;"),
                '>' => target.Append("&gt;"),
                '\r' => target.Append("&#xD;"),
                _ => target.Append(c),
            };
        }
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
        foreach (char c in value)
        {
            _ = c switch
            {
                '&' => target.Append("&amp;"),
                '<' => target.Append("&lt;"),
                '"' => target.Append("&quot;"),
                '\t' => target.Append("&#x9;"),
                '\n' => target.Append("&#xA;"),
                '\r' => target.Append("&#xD;"),
                _ => target.Append(c),
            };
        }

        target.Append('"');
    }

    private string Find(string prefix)
    {
        int at = _scope.FindLastIndex(entry => entry.Prefix == prefix);
        return at < 0 ? "" : _scope[at].Uri;
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
