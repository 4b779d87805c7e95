using System.Text.Json.Serialization;

namespace ConfidentialOperator.Protocol.Contracts;

/// <summary>The contracts' metadata, made at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SidecarStatus))]
[JsonSerializable(typeof(InferenceState))]
[JsonSerializable(typeof(GuestIdentity))]
[JsonSerializable(typeof(BrokerStatement))]
internal sealed partial class ContractContext : JsonSerializerContext;
