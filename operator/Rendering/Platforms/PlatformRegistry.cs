namespace ConfidentialOperator.Rendering.Platforms;

/// <summary>The platforms by type, the GPU on top, the user's overrides last.</summary>
internal static class PlatformRegistry
{
    private static readonly IPlatform[] s_platforms = [new SnpPlatform(), new TdxPlatform(), new NitroPlatform()];

    /// <summary>Puts the pod onto its platform.</summary>
    public static PodLayout Arrange(ModelFacts facts, PodLayout pod)
    {
        IPlatform platform = s_platforms.Single(candidate => candidate.Type == facts.Spec.Tee.Type);
        PodLayout arranged = platform.Arrange(facts, pod);
        arranged = facts.Spec.Tee.Gpu is { } gpu ? H100AddOn.Arrange(gpu, platform.Type, arranged) : arranged;
        return facts.Spec.Placement?.RuntimeClassName is { Length: > 0 } name ? arranged with { RuntimeClassName = name } : arranged;
    }
}
