namespace ConfidentialOperator.Protocol.Evidence;

/// <summary>The fields of an SEV-SNP report under the names that Confidential Containers gives them in JSON (SEV-SNP ABI, table ATTESTATION_REPORT).</summary>
internal static class SnpReportLayout
{
    public const int Size = 1184;
    public const int Family = 0x188;
    public const byte TurinFamily = 0x1A;
    public const int SignatureR = 0x2A0;
    public const int SignatureS = 0x2E8;
    public const int SignaturePart = 72;

    public enum Kind
    {
        Number,
        OptionalNumber,
        Bytes,
        Tcb,
        FirmwareVersion,
    }

    public static IReadOnlyList<Field> Fields { get; } =
    [
        new("version", 0x000, 4, Kind.Number),
        new("guest_svn", 0x004, 4, Kind.Number),
        new("policy", 0x008, 8, Kind.Number),
        new("family_id", 0x010, 16, Kind.Bytes),
        new("image_id", 0x020, 16, Kind.Bytes),
        new("vmpl", 0x030, 4, Kind.Number),
        new("sig_algo", 0x034, 4, Kind.Number),
        new("plat_info", 0x040, 8, Kind.Number),
        new("key_info", 0x048, 4, Kind.Number),
        new("report_data", 0x050, 64, Kind.Bytes),
        new("measurement", 0x090, 48, Kind.Bytes),
        new("host_data", 0x0C0, 32, Kind.Bytes),
        new("id_key_digest", 0x0E0, 48, Kind.Bytes),
        new("author_key_digest", 0x110, 48, Kind.Bytes),
        new("report_id", 0x140, 32, Kind.Bytes),
        new("report_id_ma", 0x160, 32, Kind.Bytes),
        new("cpuid_fam_id", Family, 1, Kind.OptionalNumber),
        new("cpuid_mod_id", 0x189, 1, Kind.OptionalNumber),
        new("cpuid_step", 0x18A, 1, Kind.OptionalNumber),
        new("chip_id", 0x1A0, 64, Kind.Bytes),
        new("current", 0x1E8, 3, Kind.FirmwareVersion),
        new("committed", 0x1EC, 3, Kind.FirmwareVersion),
        new("launch_mit_vector", 0x1F8, 8, Kind.OptionalNumber),
        new("current_mit_vector", 0x200, 8, Kind.OptionalNumber),

        // The order of a TCB's bytes depends on the family, which is read by now.
        new("current_tcb", 0x038, 8, Kind.Tcb),
        new("reported_tcb", 0x180, 8, Kind.Tcb),
        new("committed_tcb", 0x1E0, 8, Kind.Tcb),
        new("launch_tcb", 0x1F0, 8, Kind.Tcb),
    ];

    public sealed record Field(string Name, int Offset, int Size, Kind Kind);
}
