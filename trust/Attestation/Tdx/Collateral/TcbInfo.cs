using System.Globalization;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>TCB info (Intel PCS, version 3): how Intel judges the firmware of one kind of platform.</summary>
internal sealed class TcbInfo : SignedStatement
{
    public const string Name = "tcbInfo";
    public const string TdxId = "TDX";

    private const int SupportedVersion = 3;
    private const int MostLevels = 256;
    private const int MostModules = 64;

    public TcbInfo(IntelJson whole, IntelJson body)
        : base(whole, body)
    {
        Fmspc = body.Hex("fmspc", 6);
        PceId = body.Hex("pceId", 2);
        Module = ModuleIdentity.None;
        if (Id != TdxId)
        {
            // What is for SGX has other members; that it is not for TDX is a rule's word.
            return;
        }

        if (Version != SupportedVersion)
        {
            body.Fail("version", $"{SupportedVersion}, which TDX needs");
        }

        if (body.Number("tcbType", ushort.MaxValue) != 0)
        {
            body.Fail("tcbType", "0, the one way to compare that is known");
        }

        Module = new ModuleIdentity(body.Child("tdxModule"));
        Modules = body.Has("tdxModuleIdentities") ? body.List("tdxModuleIdentities", MostModules, ModuleIdentity.Read) : [];
        Levels = body.List("tcbLevels", MostLevels, level => new TcbLevel(level));
    }

    public ByteString Fmspc { get; }

    public ByteString PceId { get; }

    /// <summary>Gets what the TDX module of version 0 must be.</summary>
    public ModuleIdentity Module { get; }

    /// <summary>Gets what the modules of later versions must be.</summary>
    public IReadOnlyList<ModuleIdentity> Modules { get; } = [];

    /// <summary>Gets the levels, the newest first.</summary>
    public IReadOnlyList<TcbLevel> Levels { get; } = [];

    public bool IsFor(PckExtension platform) => Id == TdxId && Fmspc == platform.Fmspc && PceId == platform.PceId;

    /// <summary>Returns what a module of a version must be; null when Intel says nothing about it.</summary>
    public ModuleIdentity? FindModule(byte version)
    {
        string id = "TDX_" + version.ToString("X2", CultureInfo.InvariantCulture);
        return Modules.FirstOrDefault(module => module.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
    }
}
