using System.Text;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.FakeTee.Nvidia;

/// <summary>Reference values: what a test wants them to say.</summary>
public sealed record SoftwareRim
{
    /// <summary>Gets the version that they are for.</summary>
    public required string Version { get; init; }

    /// <summary>Gets the product that they are for.</summary>
    public string Product { get; init; } = "GH100";

    /// <summary>Gets the values by index; each is active.</summary>
    public required IReadOnlyDictionary<int, IReadOnlyList<ByteString>> Active { get; init; }

    /// <summary>Gets the number of indices; those without a value are not active.</summary>
    public int Count { get; init; } = 64;

    /// <summary>Gets a change of the unsigned document.</summary>
    public Func<string, string> Change { get; init; } = text => text;

    /// <summary>Returns values that the default measurements have.</summary>
    public static IReadOnlyDictionary<int, IReadOnlyList<ByteString>> Matching(params IEnumerable<int> indices) =>
        indices.ToDictionary(index => index, index => (IReadOnlyList<ByteString>)[new ByteString(new byte[48]), SoftwareDeviceReport.Measurement(index)]);

    /// <summary>Returns the document as Canonical XML would write it, without a signature.</summary>
    internal string ToXml()
    {
        var text = new StringBuilder();
        text.Append("<SoftwareIdentity xmlns=\"http://standards.iso.org/iso/19770/-2/2015/schema.xsd\" xmlns:ns2=\"http://www.w3.org/2001/04/xmlenc#sha384\" ");
        text.Append($"name=\"{Product}\" tagId=\"{Product}-{Version}\">\n    <Meta colloquialVersion=\"{Version}\" product=\"{Product}\"></Meta>\n    <Payload>\n");
        for (int index = 0; index < Count; index++)
        {
            IReadOnlyList<ByteString> values = Active.GetValueOrDefault(index) ?? [new ByteString(new byte[48])];
            text.Append($"        <Resource active=\"{(Active.ContainsKey(index) ? "True" : "False")}\" alternatives=\"{values.Count}\" index=\"{index}\" ");
            text.Append($"name=\"Measurement_{index}\" size=\"48\" type=\"Measurement\"");
            for (int at = 0; at < values.Count; at++)
            {
                text.Append($" ns2:Hash{at}=\"{values[at]}\"");
            }

            text.Append("></Resource>\n");
        }

        return Change(text.Append("    </Payload>\n</SoftwareIdentity>").ToString());
    }
}
