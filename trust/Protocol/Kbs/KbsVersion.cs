namespace ConfidentialOperator.Protocol.Kbs;

/// <summary>The versions of the key broker protocol that are spoken here.</summary>
public static class KbsVersion
{
    /// <summary>The current version.</summary>
    public const string Current = "0.4.0";

    /// <summary>The version of guests from before June 2025: no initdata, no device evidence, no nonce in <c>/attest</c>.</summary>
    public const string Older = "0.2.0";

    /// <summary>Returns whether a version is spoken; versions are compared whole, as existing brokers do.</summary>
    public static bool IsSpoken(string version) => version is Current or Older;
}
