using System.Text.RegularExpressions;
using ConfidentialOperator.Rendering.Api.V1Alpha1;
using ConfidentialOperator.Rendering.Reading;

namespace ConfidentialOperator.Rendering.Admission;

/// <summary>
/// What must hold of a resource beyond its schema: the CEL rules, checked here too for rendering without an API server, and what CEL
/// does not say. Every rule runs and every error is returned.
/// </summary>
public static partial class ModelAdmission
{
    private static readonly TimeSpan s_shortestInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_longestInterval = TimeSpan.FromHours(24);

    /// <summary>The rules, in the order in which errors are reported.</summary>
    private static readonly IReadOnlyList<Func<ConfidentialModel, IEnumerable<FieldError>>> s_rules =
    [
        NameFitsOwnedObjects,
        ReplicasOrScaling,
        ScalingIsARange,
        ImagesAreNamedByDigest,
        SourceIsKnown,
        GpuHasConfidentialCpu,
        CallersFitAccess,
        CallersAreOfTheTenant,
        BrokerIsReachedByTls,
        IntervalIsInBounds,
        LimitsSizeTheGuest,
        RolloutCanMove,
        RuntimeClassIsNotForDebugging,
    ];

    /// <summary>Checks a resource.</summary>
    /// <param name="model">The resource.</param>
    /// <returns>Every error; empty when the resource is good.</returns>
    public static IReadOnlyList<FieldError> Check(ConfidentialModel model) => [.. s_rules.SelectMany(rule => rule(model))];

    /// <summary>Reads a duration as the resource writes it, for example 1h30m.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The duration; null when it is none.</returns>
    public static TimeSpan? ReadDuration(string text)
    {
        Match match = Duration().Match(text);
        return match.Success && text.Length is > 0 and <= 16
            && Part(match, 1) is { } hours && Part(match, 2) is { } minutes && Part(match, 3) is { } seconds
            ? new TimeSpan(hours, minutes, seconds)
            : null;
    }

    private static int? Part(Match match, int group) =>
        !match.Groups[group].Success ? 0 : int.TryParse(match.Groups[group].ValueSpan, out int value) && value <= 1_000_000 ? value : null;

    private static IEnumerable<FieldError> NameFitsOwnedObjects(ConfidentialModel model) =>
        When(model.Metadata.Name.Length > 40, "metadata.name", "must not be longer than 40 characters")
            .Concat(When(!ObjectName().IsMatch(model.Metadata.Name), "metadata.name", "must be lower-case letters, digits and hyphens"));

    private static IEnumerable<FieldError> ReplicasOrScaling(ConfidentialModel model) =>
        When(model.Spec is { Replicas: not null, Scaling: not null }, "spec.scaling", "give either replicas or scaling, not both");

    private static IEnumerable<FieldError> ScalingIsARange(ConfidentialModel model) =>
        When(
            model.Spec.Scaling is { } scaling && scaling.MinReplicas > scaling.MaxReplicas,
            "spec.scaling.minReplicas",
            "must not be greater than spec.scaling.maxReplicas");

    private static IEnumerable<FieldError> ImagesAreNamedByDigest(ConfidentialModel model)
    {
        const string Message = "must name the image by digest: repository@sha256:...";
        return When(!Image().IsMatch(model.Spec.Runtime.Image), "spec.runtime.image", Message)
            .Concat(When(!Image().IsMatch(model.Spec.Runtime.SidecarImage), "spec.runtime.sidecarImage", Message));
    }

    private static IEnumerable<FieldError> SourceIsKnown(ConfidentialModel model) =>
        When(
            !Source().IsMatch(model.Spec.Model.Uri),
            "spec.model.uri",
            "must begin with oci://, s3://, https://, pvc:// or file://; an oci:// address ends with @sha256: and a digest, a pvc:// address is pvc://CLAIM/PATH");

    private static IEnumerable<FieldError> GpuHasConfidentialCpu(ConfidentialModel model) =>
        When(model.Spec.Tee is { Gpu: not null, Type: not (TeeSpec.Snp or TeeSpec.Tdx) }, "spec.tee.gpu", "needs spec.tee.type snp or tdx");

    private static IEnumerable<FieldError> CallersFitAccess(ConfidentialModel model) => model.Spec.Access switch
    {
        { Mode: AccessSpec.Keys, CallersResourceId: null } => [new("spec.access.callersResourceId", "is needed when spec.access.mode is keys")],
        { Mode: AccessSpec.Open, CallersResourceId: not null } => [new("spec.access.callersResourceId", "has no meaning when spec.access.mode is open")],
        _ => [],
    };

    private static IEnumerable<FieldError> CallersAreOfTheTenant(ConfidentialModel model) =>
        When(
            model.Spec.Access.CallersResourceId is { } callers
                && Tenant.Of(callers) != Tenant.Of(model.Spec.Model.Confidential.ResourceId),
            "spec.access.callersResourceId",
            "must be of the same tenant (first segment) as spec.model.confidential.resourceId");

    private static IEnumerable<FieldError> BrokerIsReachedByTls(ConfidentialModel model) =>
        When(
            !Uri.TryCreate(model.Spec.Attestation.KeyBroker.Url, UriKind.Absolute, out Uri? url) || url.Scheme != Uri.UriSchemeHttps
                || url.UserInfo.Length > 0 || url.Query.Length > 0,
            "spec.attestation.keyBroker.url",
            "must be an https:// address without credentials or query");

    private static IEnumerable<FieldError> IntervalIsInBounds(ConfidentialModel model) =>
        When(
            ReadDuration(model.Spec.Attestation.ReattestInterval) is not { } interval
                || interval < s_shortestInterval || interval > s_longestInterval,
            "spec.attestation.reattestInterval",
            "must be a duration from 1m to 24h");

    private static IEnumerable<FieldError> LimitsSizeTheGuest(ConfidentialModel model) =>
        new[] { "cpu", "memory" }.SelectMany(name => When(
            model.Spec.Runtime.Resources.Limits?.ContainsKey(name) != true,
            $"spec.runtime.resources.limits.{name}",
            "is needed: the guest is as large as the limits of its containers"));

    private static IEnumerable<FieldError> RolloutCanMove(ConfidentialModel model) =>
        When(
            model.Spec.Rollout is { } rollout && IsZero(rollout.MaxSurge) && (rollout.MaxUnavailable is null || IsZero(rollout.MaxUnavailable)),
            "spec.rollout",
            "maxSurge and maxUnavailable must not both be 0");

    private static IEnumerable<FieldError> RuntimeClassIsNotForDebugging(ConfidentialModel model) =>
        When(
            model.Spec.Placement?.RuntimeClassName is { } name
                && (name.EndsWith("-debug", StringComparison.Ordinal) || name.EndsWith("-devkit", StringComparison.Ordinal)),
            "spec.placement.runtimeClassName",
            "names a class for debugging, whose guests are measured differently and open to the host");

    private static bool IsZero(NumberOrPercent? value) => value?.Text is "0" or "0%";

    private static IEnumerable<FieldError> When(bool wrong, string path, string message) =>
        wrong ? [new FieldError(path, message)] : [];

    [GeneratedRegex("^[^@\\s]+@sha256:[0-9a-f]{64}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Image();

    [GeneratedRegex("^((s3|https|file)://[^\\s]+|oci://[a-zA-Z0-9.-]+(:[0-9]+)?/[a-z0-9._/-]+(:[a-zA-Z0-9._-]+)?@sha256:[0-9a-f]{64}|pvc://[a-z0-9]+([.-]+[a-z0-9]+)*(/[A-Za-z0-9._-]+)*/?)$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Source();

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ObjectName();

    [GeneratedRegex("^(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();
}
