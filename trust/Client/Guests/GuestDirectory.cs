using ConfidentialOperator.Attestation.Guests;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Client.Guests;

/// <summary>The guests that proved themselves, each until its proof ends, and the one place that decides when to ask again.</summary>
internal sealed class GuestDirectory(ConfidentialClientOptions options, GuestInquiry inquiry) : IDisposable
{
    private const int MostChannels = 64;

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<VerifiedChannel> _channels = [];
    private Task<Verification>? _running;
    private DateTimeOffset _nextRenewal = DateTimeOffset.MinValue;
    private uint _turn;

    public Verification? Last { get; private set; }

    public IReadOnlyList<VerifiedGuest> Current
    {
        get
        {
            lock (_lock)
            {
                RemoveEnded();
                return [.. _channels.Select(channel => channel.Guest)];
            }
        }
    }

    public Task<Verification> VerifyAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
            if (_running is null or { IsCompleted: true })
            {
                _running = AskAsync(_stopping.Token);
            }

            return _running.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Returns the channel of a proven guest, in turn, or asks for one.</summary>
    public async Task<(VerifiedChannel? Channel, Refusal? Refusal)> PickAsync(CancellationToken cancellationToken)
    {
        VerifiedChannel? channel = TakeTurn();
        if (channel is null)
        {
            return await VerifyChannelAsync(cancellationToken).ConfigureAwait(false);
        }

        DateTimeOffset now = options.Time.GetUtcNow();
        if (channel.Guest.ValidUntil - now < options.RenewBefore || now - Last?.At >= options.ExploreInterval)
        {
            Renew();
        }

        return (channel, null);
    }

    /// <summary>Asks now and returns the channel to the guest that answered.</summary>
    public async Task<(VerifiedChannel? Channel, Refusal? Refusal)> VerifyChannelAsync(CancellationToken cancellationToken)
    {
        Verification verification = await VerifyAsync(cancellationToken).ConfigureAwait(false);
        return verification.Accepted && VerifiedChannel.TryOpen(verification.Guest, out VerifiedChannel? channel, out Refusal? refusal)
            ? (channel, null) : (null, verification.Refusal ?? Unusable(verification.Guest!));

        static Refusal Unusable(VerifiedGuest guest) => VerifiedChannel.TryOpen(guest, out _, out Refusal? refusal)
            ? new(RefusalReason.InternalError, "The guest's keys cannot be used.") : refusal;
    }

    /// <summary>Forgets a channel whose key is not in force any more.</summary>
    public void Drop(VerifiedChannel channel)
    {
        lock (_lock)
        {
            _channels.RemoveAll(known => known.Guest.KeysetSha256 == channel.Guest.KeysetSha256);
        }
    }

    /// <summary>An answer named a keyset. It is a hint of a stranger: one that is not known makes the client verify again, and nothing else.</summary>
    public void Notice(ByteString? keysetSha256)
    {
        if (keysetSha256 is null)
        {
            return;
        }

        lock (_lock)
        {
            if (_channels.Any(channel => channel.Guest.KeysetSha256 == keysetSha256))
            {
                return;
            }
        }

        Renew();
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private VerifiedChannel? TakeTurn()
    {
        lock (_lock)
        {
            RemoveEnded();
            _turn = unchecked(_turn + 1);
            return _channels.Count == 0 ? null : _channels[(int)(_turn % (uint)_channels.Count)];
        }
    }

    /// <summary>Asks without anybody waiting, but not more often than the interval.</summary>
    private void Renew()
    {
        DateTimeOffset now = options.Time.GetUtcNow();
        lock (_lock)
        {
            if (now < _nextRenewal || _stopping.IsCancellationRequested || _running is { IsCompleted: false })
            {
                return;
            }

            _nextRenewal = now + options.RenewInterval;
            _running = AskAsync(_stopping.Token);
        }
    }

    private async Task<Verification> AskAsync(CancellationToken cancellationToken)
    {
        // The caller holds the lock; what follows must not run under it.
        await Task.Yield();
        Verification verification = Telemetry.Count(await inquiry.AskAsync(cancellationToken).ConfigureAwait(false));
        lock (_lock)
        {
            Last = verification;
            if (verification.Accepted && VerifiedChannel.TryOpen(verification.Guest, out VerifiedChannel? channel, out _))
            {
                Add(channel);
            }
        }

        return verification;
    }

    /// <summary>A replica has one keyset at a time: a newer one of the same replica takes the place of the older.</summary>
    private void Add(VerifiedChannel channel)
    {
        _channels.RemoveAll(known => known.Guest.Keyset.Replica == channel.Guest.Keyset.Replica);
        if (_channels.Count == MostChannels)
        {
            _channels.RemoveAt(0);
        }

        _channels.Add(channel);
    }

    private void RemoveEnded()
    {
        DateTimeOffset now = options.Time.GetUtcNow();
        _channels.RemoveAll(channel => channel.Guest.ValidUntil <= now);
    }
}
