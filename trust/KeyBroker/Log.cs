using ConfidentialOperator.CollateralSupply;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.KeyBroker;

/// <summary>Every line the broker can log. Ids 2000-2099; never reuse one. Next free: 2018.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "Released {Resource} of model {Tenant}/{Model} to measurement {Measurement} under policy {PolicyVersion}")]
    public static partial void KeyReleased(this ILogger logger, string resource, string tenant, string model, string measurement, long policyVersion);

    [LoggerMessage(2001, LogLevel.Debug, "Refused a guest: {Reason} (correlation {Correlation})")]
    public static partial void GuestRefused(this ILogger logger, RefusalReason reason, string correlation);

    [LoggerMessage(2002, LogLevel.Information, "Policy {Version} of model {Tenant}/{Model} is in force ({PayloadSha256})")]
    public static partial void PolicyInForce(this ILogger logger, long version, string tenant, string model, string payloadSha256);

    [LoggerMessage(2003, LogLevel.Warning, "Refused a policy of model {Tenant}/{Model}: {Reason}")]
    public static partial void PolicyRefused(this ILogger logger, string tenant, string model, RefusalReason reason);

    [LoggerMessage(2004, LogLevel.Information, "Owner {KeyId} stored {Resource}")]
    public static partial void ResourceStored(this ILogger logger, string keyId, string resource);

    [LoggerMessage(2005, LogLevel.Information, "Owner {KeyId} deleted {Resource}")]
    public static partial void ResourceDeleted(this ILogger logger, string keyId, string resource);

    [LoggerMessage(2006, LogLevel.Information, "Revoked {Count} sessions of model {Tenant}/{Model}")]
    public static partial void SessionsRevoked(this ILogger logger, int count, string tenant, string model);

    [LoggerMessage(2007, LogLevel.Debug, "Removed {Count} expired sessions")]
    public static partial void SessionsSwept(this ILogger logger, int count);

    [LoggerMessage(2008, LogLevel.Warning, "Expired sessions could not be removed; the next round tries again")]
    public static partial void SweepFailed(this ILogger logger, Exception exception);

    [LoggerMessage(2009, LogLevel.Warning, "Development roots are configured: evidence of test hardware counts for policies that say 'development'")]
    public static partial void DevelopmentRootsAccepted(this ILogger logger);

    [LoggerMessage(2010, LogLevel.Error, "A request failed (correlation {Correlation})")]
    public static partial void RequestFailed(this ILogger logger, string correlation, Exception exception);

    [LoggerMessage(2011, LogLevel.Warning, "Refused a change by a caller without an owner's token: {Reason}")]
    public static partial void ChangeRefused(this ILogger logger, RefusalReason reason);

    [LoggerMessage(2012, LogLevel.Information, "The broker serves {Tenants} tenants on {Urls}; the audit logs verify")]
    public static partial void Serving(this ILogger logger, int tenants, string urls);

    [LoggerMessage(2013, LogLevel.Information, "Forgot replica {Replica} of model {Tenant}/{Model}")]
    public static partial void ReplicaForgotten(this ILogger logger, string replica, string tenant, string model);

    [LoggerMessage(2014, LogLevel.Warning, "Tenant {Tenant} has an owner key that cannot be read: {File}")]
    public static partial void OwnerKeyUnreadable(this ILogger logger, string tenant, string file);

    [LoggerMessage(2015, LogLevel.Debug, "Evidence of kind {Tee} is authentic (correlation {Correlation})")]
    public static partial void GuestAuthentic(this ILogger logger, string tee, string correlation);

    [LoggerMessage(2016, LogLevel.Warning, "{Service} gave no collateral: {Reason}")]
    public static partial void CollateralNotFetched(this ILogger logger, CollateralOrigin service, RefusalReason reason);

    [LoggerMessage(2017, LogLevel.Warning, "Stored collateral was not used: {Warning}")]
    public static partial void CollateralIgnored(this ILogger logger, StoreWarning warning);
}
