using ConfidentialOperator.Attestation;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>What authentic evidence says of a guest, in words: for status and audit log. No decision is made from it.</summary>
internal sealed record GuestFacts
{
    public static GuestFacts Unknown { get; } = new();

    /// <summary>Gets the launch measurement in lower-case hex.</summary>
    public string Measurement { get; init; } = "";

    /// <summary>Gets the measured initdata digest in lower-case hex.</summary>
    public string InitDataSha256 { get; init; } = "";

    /// <summary>Gets the reported TCB, for people.</summary>
    public string Tcb { get; init; } = "";

    /// <summary>Gets whether the evidence ends in a development root.</summary>
    public bool Development { get; init; }

    public static GuestFacts Of(AuthenticEvidence authentic) => new()
    {
        Measurement = authentic.Measurement.ToString(),
        InitDataSha256 = authentic.InitDataDigest.ToString(),
        Tcb = authentic.Tcb,
        Development = authentic.IsDevelopment,
    };
}
