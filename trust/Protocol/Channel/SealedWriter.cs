using System.Security.Cryptography;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>
/// Seals a message while it is written. Only <see cref="CompleteAsync"/> ends it: a writer that is dropped before leaves a message that
/// its reader knows to be cut.
/// </summary>
internal sealed class SealedWriter(Stream output, AeadCipher cipher, SealedFormat format, byte[] prefix) : IDisposable
{
    private readonly MemoryStream _whole = new();
    private readonly byte[] _frame = new byte[Ohttp.ChunkSize + HpkeAeadExtensions.TagLength + Varint.LongestEncoding];
    private ReadOnlyMemory<byte> _prefix = prefix;

    /// <summary>Sends these bytes at once, in one chunk if they fit; an empty write sends nothing.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken)
    {
        if (format == SealedFormat.Whole)
        {
            _whole.Write(plaintext.Span);
            return;
        }

        for (; !plaintext.IsEmpty; plaintext = plaintext[Math.Min(Ohttp.ChunkSize, plaintext.Length)..])
        {
            int size = Math.Min(Ohttp.ChunkSize, plaintext.Length);
            int length = size + HpkeAeadExtensions.TagLength;
            int header = Varint.Write(_frame, (ulong)length);
            cipher.Seal(plaintext.Span[..size], default, _frame.AsSpan(header, length));
            await SendAsync(_frame.AsMemory(0, header + length), cancellationToken).ConfigureAwait(false);
        }

        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends the last bytes, which may be none, as the authenticated end.</summary>
    public async ValueTask CompleteAsync(ReadOnlyMemory<byte> last, CancellationToken cancellationToken)
    {
        if (format == SealedFormat.Whole)
        {
            _whole.Write(last.Span);
            byte[] ciphertext = new byte[_whole.Length + HpkeAeadExtensions.TagLength];
            cipher.Seal(_whole.GetBuffer().AsSpan(0, (int)_whole.Length), default, ciphertext);
            await SendAsync(ciphertext, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            int beforeEnd = last.Length > Ohttp.ChunkSize ? last.Length - Ohttp.ChunkSize : 0;
            await WriteAsync(last[..beforeEnd], cancellationToken).ConfigureAwait(false);
            int length = last.Length - beforeEnd + HpkeAeadExtensions.TagLength;
            _frame[0] = 0;
            cipher.Seal(last.Span[beforeEnd..], Ohttp.FinalMarker, _frame.AsSpan(1, length));
            await SendAsync(_frame.AsMemory(0, 1 + length), cancellationToken).ConfigureAwait(false);
        }

        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_whole.GetBuffer());
        _whole.Dispose();
        cipher.Dispose();
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        if (!_prefix.IsEmpty)
        {
            byte[] first = [.. _prefix.Span, .. frame.Span];
            frame = first;
            _prefix = default;
        }

        await output.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
    }
}
