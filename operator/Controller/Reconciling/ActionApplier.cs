using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Controller.Broker;
using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Rendering.Api.V1Alpha1;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>Carries out a decision. Whatever it wrote is in the caches before the next pass.</summary>
internal sealed class ActionApplier(
    ClusterView cluster, VerifiedVersions verified, Observer observer, EventRecorder events, ApiClient api, IOptions<ControllerOptions> options,
    ILogger<ActionApplier> logger)
{
    private const string Manager = "confidential-operator";
    private const string StatusManager = "confidential-operator-status";

    /// <summary>Acts; returns when to look again, null for never.</summary>
    public async Task<TimeSpan?> ApplyAsync(ModelState state, Decision decision, CancellationToken cancellationToken)
    {
        TimeSpan? again = decision.Again;
        try
        {
            foreach (ModelAction action in decision.Actions)
            {
                TimeSpan? wanted = await ActAsync(state, action, cancellationToken).ConfigureAwait(false);
                again = wanted is null || again < wanted ? again : wanted;
            }
        }
        catch (Exception exception) when (exception is ApiException or HttpRequestException or IOException or TimeoutException or JsonException)
        {
            await ExplainAsync(state, decision, exception, cancellationToken).ConfigureAwait(false);
            throw;
        }

        if (decision.Status is { } status)
        {
            await WriteStatusAsync(state, status, cancellationToken).ConfigureAwait(false);
            foreach (EventNote note in decision.Events)
            {
                logger.StateChanged(note.Model, note.Reason);
                events.Record(note);
            }
        }

        Relieve(state);
        observer.Follow(state.Resource.Key, state.Pods, decision.Steady);
        return again;
    }

    // What was found to be as wanted need not be kept to be compared again.
    private void Relieve(ModelState state)
    {
        foreach (ChildState child in state.Children.Where(child => child.Live?.Content is not null && child.IsCurrent))
        {
            verified.Remember(child, child.Live!.Version);
            cluster.Owned(child.Type).Swap(child.Live, child.Live.Verified());
        }
    }

    private Task<TimeSpan?> ActAsync(ModelState state, ModelAction action, CancellationToken cancellationToken) => action switch
    {
        ModelAction.Hold => HoldAsync(state, cancellationToken),
        ModelAction.Apply apply => ApplyChildAsync(state, apply.Child, cancellationToken),
        ModelAction.Deliver deliver => DeliverAsync(state, deliver, cancellationToken),
        ModelAction.Delete delete => DeleteAsync(delete.Child, cancellationToken),
        ModelAction.LetGo letGo => LetGoAsync(state, letGo, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(action)),
    };

    private async Task<TimeSpan?> HoldAsync(ModelState state, CancellationToken cancellationToken)
    {
        await SetFinalizersAsync(state, [.. state.Resource.Finalizers, ModelDecision.Finalizer], cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async Task<TimeSpan?> ApplyChildAsync(ModelState state, ChildState child, CancellationToken cancellationToken)
    {
        JsonElement answer;
        try
        {
            answer = await api
                .ApplyAsync(child.Type, child.Key, Intent.Sealed(child.Wanted, child.Digest), Manager, "", cancellationToken).ConfigureAwait(false);
        }
        catch (ApiException invalid) when (invalid.Status == 422 && child.Live is { } broken && child.Type != ResourceType.Deployments)
        {
            // What others added contradicts what we want, such as a second port of one name: only a new object can be right.
            await api.DeleteAsync(child.Type, child.Key, broken.Uid, cancellationToken).ConfigureAwait(false);
            return TimeSpan.Zero;
        }

        OwnedObject live = OwnedObject.Read(answer).Verified();
        verified.Remember(child, live.Version);
        cluster.Owned(child.Type).Observe(live);
        logger.Applied(child.Type.Kind, child.Key.Name, state.Resource.Key);
        return null;
    }

    private async Task<TimeSpan?> DeliverAsync(ModelState state, ModelAction.Deliver deliver, CancellationToken cancellationToken)
    {
        Refusal? refusal = await observer.DeliverAsync(state.Resource.Key, deliver.Target, deliver.Envelope, cancellationToken).ConfigureAwait(false);
        if (refusal is null)
        {
            logger.PolicyCarried(state.Resource.Key);
        }
        else
        {
            logger.PolicyRefused(state.Resource.Key, refusal.Reason);
        }

        return refusal is null ? null : options.Value.SteadyInterval;
    }

    private async Task<TimeSpan?> DeleteAsync(ChildState child, CancellationToken cancellationToken)
    {
        await api.DeleteAsync(child.Type, child.Key, child.Live!.Uid, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async Task<TimeSpan?> LetGoAsync(ModelState state, ModelAction.LetGo letGo, CancellationToken cancellationToken)
    {
        ModelResource resource = state.Resource;
        Refusal? refusal = letGo.Target is { } target ? await observer.RevokeAsync(target, cancellationToken).ConfigureAwait(false) : null;
        if (refusal is not null && !letGo.Overdue)
        {
            return options.Value.ProgressInterval;
        }

        try
        {
            await SetFinalizersAsync(state, [.. resource.Finalizers.Where(name => name != ModelDecision.Finalizer)], cancellationToken).ConfigureAwait(false);
        }
        catch (ApiException gone) when (gone.Status == 404)
        {
            return null;
        }

        if (refusal is null)
        {
            logger.LetGo(resource.Key);
        }
        else
        {
            logger.LetGoLate(resource.Key, refusal.Reason);
            string message = $"The resource was let go although its sessions at the key broker could not be revoked: {refusal.Message}";
            events.Record(new EventNote(resource.Key, resource.Uid, Warning: true, refusal.Reason, message));
        }

        return null;
    }

    // The resource version makes this fail when somebody else changed the list meanwhile.
    private async Task SetFinalizersAsync(ModelState state, IReadOnlyList<string> finalizers, CancellationToken cancellationToken)
    {
        JsonElement metadata = state.Resource.Content.Metadata();
        JsonObject change = new()
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = state.Resource.Uid,
                ["resourceVersion"] = metadata.Text("resourceVersion"),
                ["finalizers"] = new JsonArray([.. finalizers.Select(name => (JsonNode)name)]),
            },
        };
        JsonElement answer = await api.MergeAsync(ResourceType.ConfidentialModels, state.Resource.Key, change, Manager, cancellationToken).ConfigureAwait(false);
        cluster.Models.Observe(ModelResource.Read(answer));
    }

    private async Task WriteStatusAsync(ModelState state, ConfidentialModelStatus status, CancellationToken cancellationToken)
    {
        ResourceType type = ResourceType.ConfidentialModels;
        ObjectKey key = state.Resource.Key;
        JsonObject body = new()
        {
            ["apiVersion"] = type.ApiVersion,
            ["kind"] = type.Kind,
            ["metadata"] = new JsonObject { ["name"] = key.Name, ["namespace"] = key.Namespace, ["uid"] = state.Resource.Uid },
            ["status"] = StatusMaker.ToJson(status),
        };
        try
        {
            JsonElement answer = await api.ApplyAsync(type, key, body, StatusManager, "status", cancellationToken).ConfigureAwait(false);
            cluster.Models.Observe(ModelResource.Read(answer));
        }
        catch (ApiException gone) when (gone.Status == 404)
        {
            // Deleted meanwhile: there is nobody left to tell.
        }
    }

    /// <summary>Says in the status why nothing moves, as far as the status can be written at all.</summary>
    private async Task ExplainAsync(ModelState state, Decision decision, Exception exception, CancellationToken cancellationToken)
    {
        ConfidentialModelStatus? status = null;
        if (exception is ApiException { IsLasting: true } lasting && state.Resource.DeletedAt is null)
        {
            Finding failure = Finding.Fails(
                lasting.Status == 403 ? RefusalReason.NotAuthorized : RefusalReason.InternalError,
                $"The API server does not take an object of this resource: {lasting.Status} {lasting.Reason}; the controller's log names it.");
            ConfidentialModelStatus? before = state.Resource.ReadStatus();
            status = StatusMaker.Make(state, ModelDecision.Evaluate(state) with { WorkloadsReady = failure }, before);
            status = StatusMaker.Same(status, before) ? null : status;
        }
        else if (state.Resource.ReadStatus() is null)
        {
            status = decision.Status;
        }

        if (status is null)
        {
            return;
        }

        try
        {
            await WriteStatusAsync(state, status, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception also) when (also is ApiException or HttpRequestException or IOException or TimeoutException or JsonException)
        {
            logger.PassFailed(state.Resource.Key, also.Message);
        }
    }
}
