namespace ConfidentialOperator.CollateralSupply.Caching;

/// <summary>How long the cache believes what it has, and how much it keeps.</summary>
public sealed record CacheOptions
{
    private static readonly TimeSpan s_otherwise = TimeSpan.FromDays(1);

    /// <summary>Gets the most bytes of all items together.</summary>
    public long MostBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Gets how long a question that got no answer is not asked again.</summary>
    public TimeSpan RefusalAge { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets the most questions without an answer that are remembered.</summary>
    public int MostRefusals { get; init; } = 1024;

    /// <summary>Gets the age limits by kind. Beyond its limit nothing is used, not even when the service is down.</summary>
    public IReadOnlyDictionary<string, TimeSpan> AgeLimits { get; init; } = Usual;

    /// <summary>Gets the usual age limits: certificates of chips and issuers a month, lists and Intel's data a day, answers about revocation an hour.</summary>
    public static IReadOnlyDictionary<string, TimeSpan> Usual { get; } = new Dictionary<string, TimeSpan>(StringComparer.Ordinal)
    {
        [CollateralKinds.Vcek] = TimeSpan.FromDays(30),
        [CollateralKinds.Chain] = TimeSpan.FromDays(30),
        [CollateralKinds.Crl] = TimeSpan.FromDays(1),
        [CollateralKinds.TcbInfo] = TimeSpan.FromDays(1),
        [CollateralKinds.QeIdentity] = TimeSpan.FromDays(1),
        [CollateralKinds.TcbNumbers] = TimeSpan.FromDays(1),
        [CollateralKinds.DriverRim] = TimeSpan.FromDays(1),
        [CollateralKinds.VbiosRim] = TimeSpan.FromDays(1),
        [CollateralKinds.Ocsp] = TimeSpan.FromHours(1),
    };

    internal TimeSpan LimitOf(string kind) => AgeLimits.TryGetValue(kind, out TimeSpan limit) ? limit : Usual.GetValueOrDefault(kind, s_otherwise);
}
