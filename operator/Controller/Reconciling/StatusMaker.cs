using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Controller.Reconciling.Rules;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Rendering.Api.V1Alpha1;
using ConfidentialOperator.Rendering.Reading;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>Writes findings as the status. Same state, same status: nothing in it depends on when it is written but the times of changes.</summary>
internal static class StatusMaker
{
    /// <summary>Makes the status.</summary>
    public static ConfidentialModelStatus Make(ModelState state, Findings findings, ConfidentialModelStatus? before)
    {
        int attested = TrustRules.Released(state).Count(pod => pod.IsReady);
        return new ConfidentialModelStatus
        {
            ObservedGeneration = state.Resource.Generation,
            Conditions = Conditions(state.Resource.Generation, findings.Conditions(), before, state.Now),
            Replicas = state.Present.Count(),
            ReadyReplicas = state.Present.Count(pod => pod.IsReady),
            AttestedReplicas = attested,
            Attested = state.Rendered is null ? null : $"{Math.Min(attested, state.Wanted)}/{state.Wanted}",
            Selector = state.Rendered?.Selector,
            InitDataDigest = state.Rendered?.InitDataDigestText,
            Trust = Trust(state),
            Addresses = state.Rendered is null ? null : [new AddressStatus { Name = "ohttp", Url = Url(state) }],
        };
    }

    /// <summary>Makes conditions whose times change only when their status does.</summary>
    public static IReadOnlyList<Condition> Conditions(
        long generation, IEnumerable<(string Type, Finding Finding)> findings, ConfidentialModelStatus? before, DateTimeOffset now)
    {
        string time = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return
        [
            .. findings.Select(entry => new Condition
            {
                Type = entry.Type,
                Status = entry.Finding.Status,
                ObservedGeneration = generation,
                LastTransitionTime = Find(before, entry.Type) is { } old && old.Status == entry.Finding.Status ? old.LastTransitionTime : time,
                Reason = entry.Finding.Reason.ToString(),
                Message = entry.Finding.Message,
            }),
        ];
    }

    public static Condition? Find(ConfidentialModelStatus? status, string type) => status?.Conditions?.FirstOrDefault(condition => condition.Type == type);

    /// <summary>Gets whether two statuses say the same; conditions of others do not count.</summary>
    public static bool Same(ConfidentialModelStatus wanted, ConfidentialModelStatus? live)
    {
        if (live is null)
        {
            return false;
        }

        HashSet<string> ours = [.. (wanted.Conditions ?? []).Select(condition => condition.Type)];
        Dictionary<string, int> order = (wanted.Conditions ?? []).Select((condition, index) => (condition.Type, index)).ToDictionary();
        ConfidentialModelStatus known = live with
        {
            Conditions = [.. (live.Conditions ?? []).Where(condition => ours.Contains(condition.Type)).OrderBy(condition => order[condition.Type])],
        };
        return JsonNode.DeepEquals(ToJson(wanted), ToJson(known));
    }

    public static JsonObject ToJson(ConfidentialModelStatus status) => JsonSerializer.SerializeToNode(status, ConfidentialModelReader.JsonOptions)!.AsObject();

    private static string Url(ModelState state) =>
        $"https://{state.Resource.Key.Name}.{state.Resource.Key.Namespace}.svc/.well-known/ohttp-gateway";

    /// <summary>What the hardware reported of the replica that got the key last; nothing is said of trust before there is one.</summary>
    private static TrustStatus? Trust(ModelState state)
    {
        ReplicaAttestation? newest = TrustRules.Released(state).Select(state.OutcomeOf).OfType<ReplicaAttestation>()
            .OrderByDescending(outcome => outcome.At).ThenBy(outcome => outcome.Replica, StringComparer.Ordinal).FirstOrDefault();
        return newest is null || state.Statement is not { } statement ? null : new TrustStatus
        {
            Measurement = Cut(newest.Measurement, 256),
            Tcb = Cut(newest.Tcb, 512),
            Isolation = "Pod",
            PolicyVersion = statement.PolicyVersion,
            Development = statement.Development,
        };
    }

    private static string Cut(string text, int longest) => text.Length <= longest ? text : text[..longest];
}
