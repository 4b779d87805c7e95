using System.Buffers.Binary;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>What Intel says that a TDX module must be.</summary>
internal sealed class ModuleIdentity
{
    private const int MostLevels = 256;

    private readonly ulong _attributes;
    private readonly ulong _mask;

    public ModuleIdentity(IntelJson identity)
    {
        MrSigner = identity.Hex("mrsigner", TdReport.MeasurementSize);
        _attributes = ReadBits(identity, "attributes");
        _mask = ReadBits(identity, "attributesMask");
    }

    private ModuleIdentity() => MrSigner = ByteString.Empty;

    /// <summary>Gets the identity that no module has.</summary>
    public static ModuleIdentity None { get; } = new();

    /// <summary>Gets the name: <c>TDX_</c> and the module's version; empty for version 0.</summary>
    public string Id { get; private init; } = "";

    public ByteString MrSigner { get; }

    /// <summary>Gets the levels of the module, the newest first.</summary>
    public IReadOnlyList<SvnLevel> Levels { get; private init; } = [];

    public static ModuleIdentity Read(IntelJson identity) => new(identity)
    {
        Id = identity.Text("id"),
        Levels = identity.List("tcbLevels", MostLevels, SvnLevel.ReadOfModule),
    };

    /// <summary>Returns whether the report's module is signed as it must be and has the attributes that it must have.</summary>
    public bool IsOf(TdReport report) => MrSigner.Equals(report.SeamSigner) && (report.SeamAttributes & _mask) == _attributes;

    private static ulong ReadBits(IntelJson identity, string name)
    {
        ByteString bytes = identity.Hex(name, sizeof(ulong));
        return bytes.Length == sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span) : 0;
    }
}
