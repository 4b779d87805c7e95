namespace ConfidentialOperator.ApiServer.Schemas.Cel;

/// <summary>An optional value, as made by <c>a.?b</c>.</summary>
internal sealed record CelOptional(bool HasValue, object? Value)
{
    public static CelOptional None { get; } = new(false, null);
}
