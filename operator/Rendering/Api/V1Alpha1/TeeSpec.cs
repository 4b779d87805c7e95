using ConfidentialOperator.Rendering.Api.Schema;

namespace ConfidentialOperator.Rendering.Api.V1Alpha1;

/// <summary>The trusted execution environment.</summary>
[ValidationRule("!has(self.gpu) || self.type in ['snp', 'tdx']", message: "spec.tee.gpu needs spec.tee.type snp or tdx", fieldPath: ".gpu")]
public sealed record TeeSpec
{
    /// <summary>AMD SEV-SNP.</summary>
    public const string Snp = "snp";

    /// <summary>Intel TDX.</summary>
    public const string Tdx = "tdx";

    /// <summary>AWS Nitro Enclaves.</summary>
    public const string Nitro = "nitro";

    /// <summary>Gets the kind.</summary>
    [Required]
    [EnumValues(Snp, Tdx, Nitro)]
    [ValidationRule("self == oldSelf", message: "spec.tee.type cannot be changed: make another ConfidentialModel for another kind of hardware")]
    [Description("The kind: snp (AMD SEV-SNP), tdx (Intel TDX) or nitro (AWS Nitro Enclaves).")]
    public string Type { get; init; } = "";

    /// <summary>Gets the GPUs; null for none.</summary>
    [Description("The confidential GPUs of each pod; absent: CPU only.")]
    public GpuSpec? Gpu { get; init; }
}

/// <summary>The confidential GPUs of each pod.</summary>
public sealed record GpuSpec
{
    /// <summary>Gets how many.</summary>
    [Required]
    [RangeMinimum(1)]
    [RangeMaximum(16)]
    [Description("How many.")]
    public int Count { get; init; }

    /// <summary>Gets the mode.</summary>
    [EnumValues("confidential")]
    [DefaultValue("confidential")]
    [Description("The mode of the GPU; only confidential is accepted.")]
    public string Mode { get; init; } = "confidential";

    /// <summary>Gets the extended resource to ask for; null for the platform's own.</summary>
    [Pattern("^[a-z0-9.-]+/[A-Za-z0-9._-]+$")]
    [Length(1, 253)]
    [Description("The extended resource to ask for. Default: nvidia.com/pgpu.")]
    public string? ResourceName { get; init; }
}
