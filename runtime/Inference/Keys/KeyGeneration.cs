using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Inference.Keys;

/// <summary>
/// The keys that are in force at the same time: one for AES-256-GCM, which our own clients take, and one for AES-128-GCM, which all others speak.
/// They are destroyed when the generation is retired and the last request that is being opened with them has been.
/// </summary>
internal sealed class KeyGeneration
{
    private readonly Lock _lock = new();
    private readonly HpkePrivateKey[] _privateKeys;
    private int _leases;
    private bool _retired;

    public KeyGeneration(byte firstKeyId, long activeUntil, long destroyAt, DateTimeOffset notAfter, int mostRequests)
    {
        ActiveUntil = activeUntil;
        DestroyAt = destroyAt;
        NotAfter = notAfter;
        Replays = new ReplayMemory(mostRequests);
        _privateKeys = [HpkePrivateKey.Generate(), HpkePrivateKey.Generate()];

        // Some clients take the last configuration that they understand, ours the first.
        Configurations =
        [
            new KeyConfiguration(firstKeyId, _privateKeys[0].PublicKey, [HpkeAead.Aes256Gcm]),
            new KeyConfiguration((byte)(firstKeyId ^ 1), _privateKeys[1].PublicKey, [HpkeAead.Aes128Gcm]),
        ];
    }

    /// <summary>Gets the time stamp after which a newer generation takes over.</summary>
    public long ActiveUntil { get; }

    /// <summary>Gets the time stamp after which nothing is opened any more.</summary>
    public long DestroyAt { get; }

    /// <summary>Gets the end of the keys' use for clients.</summary>
    public DateTimeOffset NotAfter { get; }

    public ReplayMemory Replays { get; }

    public IReadOnlyList<KeyConfiguration> Configurations { get; }

    /// <summary>Lends the key that a header names, for as long as a request is being opened; null when there is none with that cipher.</summary>
    public KeyLease? Lend(OhttpRequestHeader header)
    {
        int index = Configurations[0].KeyId == header.KeyId ? 0 : 1;
        KeyConfiguration configuration = Configurations[index];
        if (configuration.KeyId != header.KeyId || !configuration.Aeads.Contains(header.Aead))
        {
            return null;
        }

        lock (_lock)
        {
            if (_retired || Replays.IsFull)
            {
                return null;
            }

            _leases++;
            return new KeyLease(this, _privateKeys[index], configuration.KeyName);
        }
    }

    /// <summary>Lends nothing more, and destroys the keys as soon as none is lent.</summary>
    public void Retire()
    {
        lock (_lock)
        {
            _retired = true;
            DestroyIfUnused();
        }
    }

    internal void Return()
    {
        lock (_lock)
        {
            _leases--;
            DestroyIfUnused();
        }
    }

    private void DestroyIfUnused()
    {
        if (_retired && _leases == 0)
        {
            Array.ForEach(_privateKeys, key => key.Dispose());
        }
    }
}
