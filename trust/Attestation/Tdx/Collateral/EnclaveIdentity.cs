using System.Buffers.Binary;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>Identity of an enclave (Intel PCS, version 2): what the quoting enclave must be.</summary>
internal sealed class EnclaveIdentity : SignedStatement
{
    public const string Name = "enclaveIdentity";
    public const string TdxId = "TD_QE";

    private const int SupportedVersion = 2;
    private const int MostLevels = 256;
    private const int AttributesSize = 16;

    private readonly uint _miscSelect;
    private readonly uint _miscSelectMask;
    private readonly ByteString _attributes;
    private readonly ByteString _attributesMask;

    public EnclaveIdentity(IntelJson whole, IntelJson body)
        : base(whole, body)
    {
        if (Id == TdxId && Version != SupportedVersion)
        {
            body.Fail("version", $"{SupportedVersion}");
        }

        _miscSelect = ReadNumber(body, "miscselect");
        _miscSelectMask = ReadNumber(body, "miscselectMask");
        _attributes = body.Hex("attributes", AttributesSize);
        _attributesMask = body.Hex("attributesMask", AttributesSize);
        MrSigner = body.Hex("mrsigner", 32);
        ProductId = body.Number("isvprodid", ushort.MaxValue);
        Levels = body.List("tcbLevels", MostLevels, SvnLevel.ReadOfEnclave);
    }

    public ByteString MrSigner { get; }

    public int ProductId { get; }

    /// <summary>Gets the levels, the newest first.</summary>
    public IReadOnlyList<SvnLevel> Levels { get; }

    /// <summary>Returns what in the enclave's report is not as it must be; null when all of it is.</summary>
    public string? FirstDifference(QeReport report) =>
        !MrSigner.Equals(report.MrSigner) ? "MRSIGNER"
        : ProductId != report.ProductId ? "ISVPRODID"
        : (report.MiscSelect & _miscSelectMask) != _miscSelect ? "MISCSELECT"
        : !HasAttributes(report.Attributes) ? "ATTRIBUTES" : null;

    private bool HasAttributes(ReadOnlySpan<byte> found)
    {
        int differences = 0;
        for (int at = 0; at < AttributesSize; at++)
        {
            differences |= (found[at] & _attributesMask.Span[at]) ^ _attributes.Span[at];
        }

        return differences == 0;
    }

    /// <summary>The number is written as its bytes in memory, so the least comes first.</summary>
    private static uint ReadNumber(IntelJson body, string name)
    {
        ByteString bytes = body.Hex(name, sizeof(uint));
        return bytes.Length == sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span) : 0;
    }
}
