using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Controller.Broker;
using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Controller.Reconciling;
using ConfidentialOperator.Controller.Tests.Fixtures;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Rendering;
using ConfidentialOperator.Rendering.Api.V1Alpha1;
using ConfidentialOperator.Rendering.Reading;

namespace ConfidentialOperator.Controller.Tests.Decisions;

/// <summary>States for the pure step: each begins as a model that is served by two attested replicas, and tests break one thing.</summary>
internal static class StateBuilder
{
    public const string Uid = "0b0e6c3e-0000-4000-8000-000000000001";
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    public static readonly PolicyEnvelope Envelope = PolicyEnvelope.TryRead(System.Text.Encoding.UTF8.GetBytes(TestCluster.Envelope("{}")), out _)!;
    private static readonly BrokerTarget s_target = new(new Uri("https://broker.clinic.svc:8443"), "", "clinic", "triage-notes");

    public static ModelState Served()
    {
        ModelResource resource = Resource(null);
        Assert.True(ConfidentialModelReader.TryRead(ModelJson(), out ConfidentialModel? model, out _));
        RenderedModel rendered = ModelRenderer.Render(new RenderRequest { Model = model });
        ObservedPod[] pods = [Pod("pod-a"), Pod("pod-b")];
        return new ModelState
        {
            Resource = resource,
            Model = model,
            Rendered = rendered,
            Children = [.. rendered.Objects.Select(ChildState.Of).Select(Live)],
            Pods = pods,
            Policy = Reference.Of(Envelope.Bytes),
            Envelope = Envelope,
            ModelSources = ["file", "https"],
            Target = s_target,
            Observation = new Observation(new BrokerReading(Statement([.. pods.Select(Released)]), null), new Dictionary<string, SidecarStatus>()),
            Now = Now,
            Times = new DecisionTimes(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2)),
        };
    }

    /// <summary>The same state after its status was written.</summary>
    public static ModelState Settled(ModelState state) =>
        ModelDecision.Decide(state).Status is { } status ? state with { Resource = Resource(status, state.Resource) } : state;

    public static ModelResource Resource(ConfidentialModelStatus? status, ModelResource? like = null)
    {
        JsonObject item = ModelJson();
        if (status is not null)
        {
            item["status"] = StatusMaker.ToJson(status);
        }

        ModelResource read = ModelResource.Read(JsonSerializer.SerializeToElement(item));
        return like is null ? read with { Finalizers = [ModelDecision.Finalizer] } : like with { Content = read.Content };
    }

    public static ObservedPod Pod(string name) => new()
    {
        Key = new ObjectKey(TestCluster.Space, name),
        Uid = "uid-of-" + name,
        Version = 5,
        Address = "127.0.0.9",
        IsReady = true,
    };

    public static ReplicaAttestation Released(ObservedPod pod) => ModelSamples.Outcome(pod.Replica);

    public static BrokerStatement Statement(params ReplicaAttestation[] outcomes) => new()
    {
        Tenant = "clinic",
        Model = "triage-notes",
        PolicyVersion = 7,
        PolicySha256 = Envelope.PayloadSha256,
        NotAfter = Now.AddDays(90).ToUnixTimeSeconds(),
        Development = false,
        Attestations = outcomes,
    };

    public static ModelState WithBroker(this ModelState state, BrokerStatement? statement, Refusal? refusal = null) =>
        state with { Observation = state.Observation! with { Broker = new BrokerReading(statement, refusal) } };

    public static ModelState WithSidecar(this ModelState state, ObservedPod pod, SidecarPhase phase, RefusalReason reason = RefusalReason.None) => state with
    {
        Observation = state.Observation! with
        {
            Sidecars = new Dictionary<string, SidecarStatus>
            {
                [pod.Uid] = new() { Phase = phase, Reason = reason == RefusalReason.None ? "" : reason.ToString(), Message = "It says so." },
            },
        },
    };

    public static string Condition(this Decision decision, string type)
    {
        Condition found = decision.Status!.Conditions!.Single(condition => condition.Type == type);
        return $"{found.Status}/{found.Reason}";
    }

    public static string Sentence(this Decision decision, string type) => decision.Status!.Conditions!.Single(condition => condition.Type == type).Message;

    private static ChildState Live(ChildState child)
    {
        JsonObject item = Intent.Sealed(child.Wanted, child.Digest);
        item["metadata"]!["uid"] = "uid-of-" + child.Key.Name + child.Type.Plural;
        item["metadata"]!["resourceVersion"] = "4";
        item["metadata"]!["generation"] = 3;
        if (child.Type == ResourceType.Deployments)
        {
            item["status"] = ModelSamples.RolledOut(3, 2);
        }

        return child with { Live = OwnedObject.Read(JsonSerializer.SerializeToElement(item)) };
    }

    private static JsonObject ModelJson()
    {
        JsonObject item = ModelSamples.Snp(new Uri("https://broker.clinic.svc:8443"));
        item["metadata"]!["uid"] = Uid;
        item["metadata"]!["resourceVersion"] = "9";
        item["metadata"]!["generation"] = 2;
        return item;
    }
}
