using System.Security.Cryptography;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>Opens the ciphertexts that follow a header or nonce, in either format, as one plaintext stream.</summary>
internal static class SealedBody
{
    public static async ValueTask<Stream> OpenAsync(PeekBuffer source, AeadCipher cipher, SealedFormat format, long limit,
        RefusalReason inauthentic, RefusalReason truncated, CancellationToken cancellationToken)
    {
        if (format == SealedFormat.Chunked)
        {
            return new ChunkOpeningStream(source, cipher, inauthentic, truncated);
        }

        using (cipher)
        using (source)
        {
            while (await source.ReadMoreAsync(source.Count + 1, cancellationToken).ConfigureAwait(false))
            {
                if (source.Count > limit)
                {
                    throw new ChannelException(RefusalReason.TooLarge, $"The sealed message has more than {limit} bytes.");
                }
            }

            byte[] plaintext = new byte[Math.Max(0, source.Count - HpkeAeadExtensions.TagLength)];
            return cipher.TryOpen(source.Span, default, plaintext)
                ? new WipedMemoryStream(plaintext)
                : throw new ChannelException(inauthentic, "The message does not authenticate: it was changed, cut, or sealed to another key.");
        }
    }

    private sealed class WipedMemoryStream(byte[] plaintext) : MemoryStream(plaintext, writable: false)
    {
        private readonly byte[] _plaintext = plaintext;

        protected override void Dispose(bool disposing)
        {
            CryptographicOperations.ZeroMemory(_plaintext);
            base.Dispose(disposing);
        }
    }
}
