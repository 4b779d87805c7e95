using ConfidentialOperator.Rendering.Api.Schema;

namespace ConfidentialOperator.Rendering.Api.V1Alpha1;

/// <summary>Who decides whether a guest gets the model key.</summary>
public sealed record AttestationSpec
{
    /// <summary>Gets the key broker.</summary>
    [Required]
    [Description("The key broker that the guests ask.")]
    public KeyBrokerSpec KeyBroker { get; init; } = new();

    /// <summary>Gets where the owner's signed policy is.</summary>
    [Required]
    [Description("The ConfigMap or Secret of this namespace that holds the trust policy signed by the model's owner.")]
    public TrustPolicyReference TrustPolicyRef { get; init; } = new();

    /// <summary>Gets how often guests prove themselves again.</summary>
    [Pattern(ResourcePatterns.Duration)]
    [Length(2, 16)]
    [DefaultValue("1h")]
    [Description("How often a guest proves itself again and fetches the caller list, for example 1h or 15m; from 1m to 24h.")]
    public string ReattestInterval { get; init; } = "1h";
}

/// <summary>The key broker that the guests ask.</summary>
public sealed record KeyBrokerSpec
{
    /// <summary>Gets the address.</summary>
    [Required]
    [Length(1, 512)]
    [ValidationRule("self.startsWith('https://')", message: "spec.attestation.keyBroker.url must begin with https://")]
    [Description("The address, https only. KBS is served below /kbs/v0.")]
    public string Url { get; init; } = "";

    /// <summary>Gets the Secret with the broker's certificate authority; null for the public ones.</summary>
    [Description("The Secret whose key ca.crt holds the certificate authority of the broker; absent: the public ones.")]
    public SecretReference? CaSecretRef { get; init; }
}

/// <summary>A Secret of the same namespace.</summary>
public sealed record SecretReference
{
    /// <summary>Gets the name.</summary>
    [Required]
    [Pattern(ResourcePatterns.ObjectName)]
    [Length(1, 253)]
    [Description("The name.")]
    public string Name { get; init; } = "";
}

/// <summary>Where the owner's signed policy is.</summary>
public sealed record TrustPolicyReference
{
    /// <summary>Gets the kind of the object.</summary>
    [EnumValues("ConfigMap", "Secret")]
    [DefaultValue("ConfigMap")]
    [Description("The kind of the object.")]
    public string Kind { get; init; } = "ConfigMap";

    /// <summary>Gets the name.</summary>
    [Required]
    [Pattern(ResourcePatterns.ObjectName)]
    [Length(1, 253)]
    [Description("The name.")]
    public string Name { get; init; } = "";

    /// <summary>Gets the key in the object's data.</summary>
    [Pattern(ResourcePatterns.DataKey)]
    [Length(1, 253)]
    [DefaultValue("policy.dsse.json")]
    [Description("The key in the object's data.")]
    public string Key { get; init; } = "policy.dsse.json";
}
