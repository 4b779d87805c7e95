using ConfidentialOperator.FakeTee.Guests;

namespace ConfidentialOperator.Lab.Guest;

/// <summary>A guest while its pod runs: its agent, and the API by which its containers get evidence.</summary>
internal sealed class RunningGuest(GuestAgent agent, GuestApi api) : IAsyncDisposable
{
    public GuestAgent Agent { get; } = agent;

    public Uri ApiAddress => api.Address;

    public ValueTask DisposeAsync() => api.DisposeAsync();
}
