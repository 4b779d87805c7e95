using System.Collections.Concurrent;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>
/// Keys of certificates whose paths were verified, ready to use, by the whole certificate: loading one costs a fifth of a signature. A key is lent to one at a
/// time, since the platform does not promise that two may use it at once.
/// </summary>
internal sealed class KeyMemory
{
    private const int MostCertificates = 1024;
    private const int MostKeys = 16;

    private readonly ConcurrentDictionary<ByteString, ConcurrentBag<ECDsa>> _keys = new();

    /// <summary>Takes a key; null when there is none at hand.</summary>
    public ECDsa? Take(Certificate holder) => _keys.TryGetValue(holder.Der, out ConcurrentBag<ECDsa>? keys) && keys.TryTake(out ECDsa? key) ? key : null;

    /// <summary>Gives a key back, or ends it when it is not known or not needed.</summary>
    public void Give(Certificate holder, ECDsa key)
    {
        if (_keys.TryGetValue(holder.Der, out ConcurrentBag<ECDsa>? keys) && keys.Count < MostKeys)
        {
            keys.Add(key);
        }
        else
        {
            key.Dispose();
        }
    }

    /// <summary>Lets keys of this certificate be kept from now on: its path was verified.</summary>
    public void Know(Certificate holder)
    {
        if (_keys.ContainsKey(holder.Der))
        {
            return;
        }

        if (_keys.Count >= MostCertificates)
        {
            _keys.Clear();
        }

        _keys.TryAdd(holder.Der, []);
    }
}
