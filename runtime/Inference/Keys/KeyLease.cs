using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Inference.Keys;

/// <summary>A private key that is lent until a request is opened.</summary>
internal sealed class KeyLease(KeyGeneration generation, HpkePrivateKey key, string keyName) : IDisposable
{
    private int _returned;

    public HpkePrivateKey Key { get; } = key;

    /// <summary>Gets the key's name in headers.</summary>
    public string KeyName { get; } = keyName;

    /// <summary>Remembers the request's ephemeral key; false when a request came with it before.</summary>
    public bool TryRemember(ByteString encapsulated) => generation.Replays.TryAdd(encapsulated);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _returned, 1) == 0)
        {
            generation.Return();
        }
    }
}
