using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Controller.Broker;
using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Rendering;
using ConfidentialOperator.Rendering.Api.V1Alpha1;
using ConfidentialOperator.Rendering.Reading;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>
/// Collects the state of a model: from caches, and from the API server only where an object of ours is not in them, since somebody else's may
/// stand there under the name that we are about to use.
/// </summary>
internal sealed class StateGatherer(
    ClusterView cluster, ReferenceWatcher references, Observer observer, VerifiedVersions verified, ApiClient api, IOptions<ControllerOptions> options,
    TimeProvider time)
{
    public async Task<ModelState> GatherAsync(ModelResource resource, CancellationToken cancellationToken)
    {
        ControllerOptions settings = options.Value;
        ModelState state = new()
        {
            Resource = resource,
            Pods = cluster.Pods.Of(resource.Key),
            ModelSources = settings.Sources(),
            Now = time.GetUtcNow(),
            Times = new DecisionTimes(settings.SteadyInterval, settings.FinalizerDeadline),
        };
        JsonObject item = JsonObject.Create(resource.Content)!;
        item.Remove("status");
        if (!ConfidentialModelReader.TryRead(item, out ConfidentialModel? model, out IReadOnlyList<FieldError> errors))
        {
            return state with { Errors = errors };
        }

        RenderedModel rendered = ModelRenderer.Render(new RenderRequest { Model = model });
        state = state with
        {
            Model = model,
            Rendered = rendered,
            RuntimeClassExists = rendered.RuntimeClassName.Length == 0 || !cluster.RuntimeClassesKnown
                || cluster.RuntimeClasses.Find(new ObjectKey("", rendered.RuntimeClassName)) is not null,
            Children = [.. rendered.Objects.Select(ChildState.Of).Select(FromCaches)],
        };
        state = await WithReferencesAsync(state, model, cancellationToken).ConfigureAwait(false);
        state = await WithBrokerAsync(state, model, rendered, cancellationToken).ConfigureAwait(false);
        return resource.DeletedAt is null && Rules.PreconditionRules.AllowWork(state)
            ? state with { Children = await WithStrangersAsync(state.Children, cancellationToken).ConfigureAwait(false) }
            : state;
    }

    private ChildState FromCaches(ChildState child) => child with
    {
        Live = cluster.Owned(child.Type).Find(child.Key),
        VerifiedVersion = verified.Find(child),
    };

    private async Task<ModelState> WithReferencesAsync(ModelState state, ConfidentialModel model, CancellationToken cancellationToken)
    {
        ObjectKey key = state.Resource.Key;
        TrustPolicyReference policyRef = model.Spec.Attestation.TrustPolicyRef;
        ResourceType policyType = policyRef.Kind == "Secret" ? ResourceType.Secrets : ResourceType.ConfigMaps;
        ObjectKey policyKey = new(key.Namespace, policyRef.Name);
        List<(ResourceType, ObjectKey)> named = [(policyType, policyKey)];
        Reference policy = await references
            .ReadAsync(key, policyType, policyKey, policyRef.Key, RefusalReason.TrustPolicyMissing, cancellationToken).ConfigureAwait(false);
        Reference authority = Reference.NotNeeded;
        if (model.Spec.Attestation.KeyBroker.CaSecretRef is { } secret)
        {
            ObjectKey authorityKey = new(key.Namespace, secret.Name);
            named.Add((ResourceType.Secrets, authorityKey));
            authority = await references
                .ReadAsync(key, ResourceType.Secrets, authorityKey, Names.CaKey, RefusalReason.ReferenceNotFound, cancellationToken)
                .ConfigureAwait(false);
        }

        Reference source = await SourceAccessAsync(key, model.Spec.Model, named, cancellationToken).ConfigureAwait(false);
        references.Keep(key, named);
        PolicyEnvelope? envelope = null;
        if (policy.Value is { } bytes)
        {
            envelope = PolicyEnvelope.TryRead(bytes, out Refusal? unreadable);
            policy = envelope is not null
                ? policy
                : Reference.Missing(
                    RefusalReason.TrustPolicyMissing, $"Key {policyRef.Key} of {policyType.Kind} {policyRef.Name} holds no signed policy: {unreadable!.Message}");
        }

        return state with { Policy = policy, Authority = authority, SourceAccess = source, Envelope = envelope };
    }

    private async Task<Reference> SourceAccessAsync(
        ObjectKey key, ModelSpec model, List<(ResourceType, ObjectKey)> named, CancellationToken cancellationToken)
    {
        Reference first = Reference.NotNeeded;
        foreach ((SecretReference? secret, string member) in new[] { (model.PullSecretRef, Names.PullSecretKey), (model.CaSecretRef, Names.CaKey) })
        {
            if (secret is null)
            {
                continue;
            }

            ObjectKey secretKey = new(key.Namespace, secret.Name);
            named.Add((ResourceType.Secrets, secretKey));
            Reference read = await references
                .ReadAsync(key, ResourceType.Secrets, secretKey, member, RefusalReason.ReferenceNotFound, cancellationToken).ConfigureAwait(false);
            first = first.Refusal is null ? read : first;
        }

        return first;
    }

    private async Task<ModelState> WithBrokerAsync(ModelState state, ConfidentialModel model, RenderedModel rendered, CancellationToken cancellationToken)
    {
        if (state.Authority.Refusal is not null || (!state.Resource.Finalizers.Contains(ModelDecision.Finalizer) && !Rules.PreconditionRules.AllowWork(state)))
        {
            return state;
        }

        BrokerTarget target = new(
            new Uri(model.Spec.Attestation.KeyBroker.Url),
            state.Authority.Value is { } pem ? Encoding.UTF8.GetString(pem) : "",
            rendered.Tenant,
            rendered.ModelName);
        if (state.Resource.DeletedAt is not null)
        {
            return state with { Target = target };
        }

        Observation observation = await observer.ReadAsync(state.Resource.Key, target, cancellationToken).ConfigureAwait(false);
        return state with { Target = target, Observation = observation, Delivery = observer.Delivery(state.Resource.Key) };
    }

    private async Task<IReadOnlyList<ChildState>> WithStrangersAsync(IReadOnlyList<ChildState> children, CancellationToken cancellationToken)
    {
        List<ChildState> all = [];
        foreach (ChildState child in children)
        {
            all.Add(child.Live is null && await api.GetAsync(child.Type, child.Key, cancellationToken).ConfigureAwait(false) is { } found
                ? child with { Live = OwnedObject.Read(found) }
                : child);
        }

        return all;
    }
}
