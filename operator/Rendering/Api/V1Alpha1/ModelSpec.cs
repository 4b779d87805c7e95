using ConfidentialOperator.Rendering.Api.Schema;

namespace ConfidentialOperator.Rendering.Api.V1Alpha1;

/// <summary>The sealed model and the identity of its weights.</summary>
public sealed record ModelSpec
{
    /// <summary>Gets the id that clients use; null for the resource's own name.</summary>
    [Pattern("^[a-z0-9]+([.-]+[a-z0-9]+)*$")]
    [Length(1, 63)]
    [ValidationRule("self == oldSelf", message: "spec.model.name cannot be changed: clients and the owner's policy know the model by it")]
    [Description("The id in /v1/models and in the owner's policy. Default: metadata.name.")]
    public string? Name { get; init; }

    /// <summary>Gets what the model does.</summary>
    [Required]
    [EnumValues("chat", "completions", "embeddings", "transcription", "tensor")]
    [Description("What the model does; it decides which endpoints answer.")]
    public string Task { get; init; } = "";

    /// <summary>Gets where the sealed folder is.</summary>
    [Required]
    [Length(1, 2048)]
    [ValidationRule("self.matches('^(oci|s3|https|pvc|file)://[^\\\\s]+$')", message: "spec.model.uri must begin with oci://, s3://, https://, pvc:// or file://")]
    [ValidationRule("!self.startsWith('oci://') || self.matches('^oci://[a-zA-Z0-9.-]+(:[0-9]+)?/[a-z0-9._/-]+(:[a-zA-Z0-9._-]+)?@sha256:[0-9a-f]{64}$')",
        message: "an oci:// address must end with @sha256: and the digest that cfm push printed: oci://host/name@sha256:...")]
    [ValidationRule("!self.startsWith('pvc://') || self.matches('^pvc://[a-z0-9]+([.-]+[a-z0-9]+)*(/[A-Za-z0-9._-]+)*/?$')",
        message: "a pvc:// address is pvc://CLAIM/PATH: a PersistentVolumeClaim of the namespace and a folder in it")]
    [Description("Where the sealed folder is: oci://, s3://, https://, pvc:// or, for the Lab, file://. Only ciphertext is there.")]
    public string Uri { get; init; } = "";

    /// <summary>Gets the Secret with names and passwords for the registry; null for a registry that asks for none.</summary>
    [Description("The Secret of type kubernetes.io/dockerconfigjson with the name and password for the registry of an oci:// address; absent: none.")]
    public SecretReference? PullSecretRef { get; init; }

    /// <summary>Gets the Secret with the certificate authority of the source; null for the public ones.</summary>
    [Description("The Secret whose key ca.crt holds the certificate authority of an oci:// or https:// source; absent: the public ones.")]
    public SecretReference? CaSecretRef { get; init; }

    /// <summary>Gets the digest of the signed manifest.</summary>
    [Required]
    [Pattern("^sha256:[0-9a-f]{64}$")]
    [Length(71, 71)]
    [Description("The digest of the signed manifest: the identity of the weights.")]
    public string ManifestDigest { get; init; } = "";

    /// <summary>Gets the model key's place.</summary>
    [Required]
    [Description("Where the model key is.")]
    public ConfidentialSpec Confidential { get; init; } = new();
}

/// <summary>Where the model key is.</summary>
public sealed record ConfidentialSpec
{
    /// <summary>Gets the resource of the key broker.</summary>
    [Required]
    [Pattern(ResourcePatterns.Kbs)]
    [Length(1, 300)]
    [Description("The key's resource in the broker, kbs:///tenant/type/tag. Its first segment is the tenant.")]
    public string ResourceId { get; init; } = "";
}
