using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nvidia;

/// <summary>The verdict on the devices of a guest.</summary>
public sealed class DeviceVerdict
{
    internal DeviceVerdict(IReadOnlyList<AuthenticDevice> devices, IReadOnlyList<RuleResult> results)
    {
        Devices = devices;
        Results = results;
        Refusal = results.Select(result => result.Refusal).FirstOrDefault(refusal => refusal is not null);
        Accepted = results.Count > 0 && results.All(result => result.IsFine);
    }

    /// <summary>Gets the devices that hardware, or a development root, vouches for.</summary>
    public IReadOnlyList<AuthenticDevice> Devices { get; }

    /// <summary>Gets every rule that ran, of each device (<c>gpu0</c>, <c>nvswitch0</c>) and of all together (<c>devices</c>).</summary>
    public IReadOnlyList<RuleResult> Results { get; }

    /// <summary>Gets the first refusal; null when no rule failed.</summary>
    public Refusal? Refusal { get; }

    /// <summary>Gets whether every rule holds.</summary>
    public bool Accepted { get; }

    /// <summary>Gets whether a device ends in a development root.</summary>
    public bool Development => Devices.Any(device => device.IsDevelopment);

    /// <summary>Gets the first end of the devices' certificates; null without devices.</summary>
    public DateTimeOffset? ValidUntil => Devices.Count == 0 ? null : Devices.Min(device => device.ValidUntil);

    internal JsonArray WriteClaims() => [.. Devices.Select(device => (JsonNode)device.WriteClaims())];
}
