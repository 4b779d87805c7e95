using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Xml;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nvidia.Rim;

/// <summary>What reference values say: a SWID tag (ISO 19770-2:2015, TCG RIM) whose payload lists measurements. It is read from the bytes that were signed.</summary>
internal sealed record RimContent(string Id, string Version, string Product, IReadOnlyList<RimMeasurement> Active)
{
    private const string Swid = "http://standards.iso.org/iso/19770/-2/2015/schema.xsd";
    private const string HashNamespace = "http://www.w3.org/2001/04/xmlenc#sha384";
    private const int DigestSize = 48;
    private const int MostAlternatives = 64;
    private const int LastIndex = 254;

    public static bool TryRead(byte[] canonical, [NotNullWhen(true)] out RimContent? content, out string fault)
    {
        content = null;
        fault = "";
        try
        {
            using XmlReader reader = SignedXmlDocument.Reopen(canonical);
            content = Read(reader);
        }
        catch (XmlException exception)
        {
            fault = exception.Message;
        }

        return content is not null;
    }

    private static RimContent Read(XmlReader reader)
    {
        var draft = new Draft();
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                Take(reader, reader.NamespaceURI == Swid ? reader.LocalName : "", draft);
            }
        }

        return draft is { Metas: 1, Payloads: 1, Seen.Count: > 0 } ? new RimContent(draft.Id, draft.Version, draft.Product, draft.Active)
            : throw new XmlException($"There must be one Meta and one Payload with resources; there are {draft.Metas} and {draft.Payloads} with {draft.Seen.Count} resources.");
    }

    private static void Take(XmlReader reader, string name, Draft draft)
    {
        switch (reader.Depth, name)
        {
            case (0, "SoftwareIdentity"):
                draft.Id = Required(reader, "tagId");
                break;
            case (0, _):
                throw new XmlException("The root is not a SoftwareIdentity.");
            case (1, "Meta"):
                draft.Metas++;
                (draft.Version, draft.Product) = (Required(reader, "colloquialVersion"), Required(reader, "product"));
                break;
            case (1, "Payload"):
                draft.Payloads++;
                break;
            case (2, "Resource") when draft.Parent == "Payload":
                Add(ReadResource(reader), draft.Seen, draft.Active);
                break;
            case (2, _) when draft.Parent == "Payload":
                throw new XmlException("The payload has something else than resources.");
        }

        draft.Parent = reader.Depth == 1 ? name : draft.Parent;
    }

    private static void Add((int Index, RimMeasurement? Active) resource, HashSet<int> seen, List<RimMeasurement> active)
    {
        if (!seen.Add(resource.Index))
        {
            throw new XmlException($"Index {resource.Index} stands twice.");
        }

        if (resource.Active is { } measurement)
        {
            active.Add(measurement);
        }
    }

    private static (int Index, RimMeasurement? Active) ReadResource(XmlReader reader)
    {
        int index = Number(reader, "index", LastIndex);
        bool isActive = Required(reader, "active") switch
        {
            "True" => true,
            "False" => false,
            _ => throw new XmlException($"Index {index} is neither active nor not."),
        };
        if (Required(reader, "type") != "Measurement")
        {
            throw new XmlException($"Index {index} is no measurement.");
        }

        return (index, isActive ? new RimMeasurement(index, ReadAlternatives(reader, index)) : null);
    }

    private static ByteString[] ReadAlternatives(XmlReader reader, int index)
    {
        var values = new ByteString[Number(reader, "alternatives", MostAlternatives)];
        for (int at = 0; at < values.Length; at++)
        {
            string? hash = reader.GetAttribute($"Hash{at}", HashNamespace);
            values[at] = ByteString.TryFromHex(hash, DigestSize, out ByteString? value) ? value
                : throw new XmlException($"Index {index} has no value of {DigestSize} bytes as alternative {at}.");
        }

        return values.Length > 0 ? values : throw new XmlException($"Index {index} is active and has no value.");
    }

    private static int Number(XmlReader reader, string name, int most) =>
        int.TryParse(Required(reader, name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= most ? number
            : throw new XmlException($"'{name}' is not a number up to {most}.");

    private static string Required(XmlReader reader, string name) => reader.GetAttribute(name) ?? throw new XmlException($"'{name}' is missing.");

    private sealed class Draft
    {
        public string Id { get; set; } = "";

        public string Version { get; set; } = "";

        public string Product { get; set; } = "";

        public string Parent { get; set; } = "";

        public int Metas { get; set; }

        public int Payloads { get; set; }

        public HashSet<int> Seen { get; } = [];

        public List<RimMeasurement> Active { get; } = [];
    }
}
