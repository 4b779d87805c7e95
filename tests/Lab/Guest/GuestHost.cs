using System.Net;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.InitData;

namespace ConfidentialOperator.Lab.Guest;

/// <summary>The node's processor: it launches guests, and signs what they ask for with the key of its one software chip.</summary>
internal sealed class GuestHost(SoftwareChip chip)
{
    private const int ApiPort = 8006;
    private const string PolicyFile = "policy.rego";

    /// <summary>Launches the guest of a pod; otherwise says why it cannot be.</summary>
    public async Task<(RunningGuest? Guest, string Fault)> LaunchAsync(JsonObject pod, IPAddress address)
    {
        const string Failed = "Failed to create pod sandbox: ";
        if (pod.Text("metadata", "annotations", InitDataDocument.Annotation) is not { } annotation)
            return (null, Failed + $"a guest needs initdata in the annotation {InitDataDocument.Annotation}");
        if (!InitDataDocument.TryFromAnnotation(annotation, out InitDataDocument? initData, out Refusal? refusal)) return (null, Failed + refusal.Message);
        if (!initData.Files.TryGetValue(PolicyFile, out string? policy)) return (null, Failed + $"the initdata has no {PolicyFile}");
        if (GuestPolicy.Read(policy, out string fault) is not { } rules) return (null, Failed + fault);
        SoftwareGuest guest = new(chip, GuestMachine.Of(pod), initData);
        GuestApi api = await GuestApi.StartAsync(guest, address, ApiPort, CancellationToken.None);
        return (new RunningGuest(new GuestAgent(rules), api), "");
    }
}
