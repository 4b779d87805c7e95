using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol.BinaryHttp;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>One sealed request and its answer, on the client's side: an ephemeral key that is used once.</summary>
public sealed class ClientExchange : IDisposable
{
    private readonly HpkeContext _context;
    private readonly byte[] _header;
    private bool _written;

    private ClientExchange(HpkeContext context, byte[] header, SealedFormat format)
    {
        _context = context;
        _header = header;
        Format = format;
    }

    /// <summary>Gets the format of the request and of its answer.</summary>
    public SealedFormat Format { get; }

    /// <summary>Begins a request to the holder of a key.</summary>
    public static bool TryBegin(KeyConfiguration key, HpkeAead aead, SealedFormat format,
        [NotNullWhen(true)] out ClientExchange? exchange, [NotNullWhen(false)] out Refusal? refusal)
    {
        using HpkePrivateKey ephemeral = HpkePrivateKey.Generate();
        return TryBegin(key, aead, format, ephemeral, out exchange, out refusal);
    }

    internal static bool TryBegin(KeyConfiguration key, HpkeAead aead, SealedFormat format, HpkePrivateKey ephemeral,
        [NotNullWhen(true)] out ClientExchange? exchange, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(key);
        exchange = null;
        byte[] suite = OhttpRequestHeader.SuiteBytes(key.KeyId, aead);
        if (!Hpke.TrySetupSender(aead, key.PublicKey.Span, Ohttp.RequestInfo(format, suite), ephemeral, out HpkeContext? context, out refusal))
        {
            return false;
        }

        exchange = new ClientExchange(context, [.. suite, .. context.Encapsulated.Span], format);
        return true;
    }

    /// <summary>Seals and writes the request; content of a stream is sent as it is read, in chunks.</summary>
    public async Task WriteRequestAsync(Stream output, BinaryHttpRequest request, Stream? content, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_written, this);
        using SealedWriter writer = BeginRequest(output);
        var encoded = new ArrayBufferWriter<byte>();
        BinaryHttpEncoder.WriteRequestHead(encoded, request);
        byte[] chunk = new byte[Ohttp.ChunkSize - Varint.LongestEncoding];
        for (int read = 1; content is not null && read > 0;)
        {
            read = await content.ReadAsync(chunk, cancellationToken).ConfigureAwait(false);
            if (read > 0 && encoded.WrittenCount + read > Ohttp.ChunkSize - Varint.LongestEncoding)
            {
                await writer.WriteAsync(encoded.WrittenMemory, cancellationToken).ConfigureAwait(false);
                encoded.Clear();
            }

            BinaryHttpEncoder.WriteChunk(encoded, chunk.AsSpan(0, read));
        }

        CryptographicOperations.ZeroMemory(chunk);
        BinaryHttpEncoder.WriteEnd(encoded);
        await writer.CompleteAsync(encoded.WrittenMemory, cancellationToken).ConfigureAwait(false);
        encoded.Clear();
    }

    /// <summary>Opens the answer as far as its head; the content follows as it arrives.</summary>
    public async Task<Outcome<OpenedResponse>> OpenResponseAsync(Stream input, BinaryHttpLimits limits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(limits);
        try
        {
            Stream plaintext = await OpenPlaintextAsync(input, limits, cancellationToken).ConfigureAwait(false);
            var reader = new BinaryHttpReader(plaintext, new PeekBuffer(plaintext, 4096), limits, RefusalReason.ResponseTruncated);
            (BinaryHttpResponse response, Stream body) = await reader.ReadResponseAsync(cancellationToken).ConfigureAwait(false);
            return new OpenedResponse(response, body);
        }
        catch (ChannelException exception)
        {
            return exception.Refusal;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _context.Dispose();

    internal SealedWriter BeginRequest(Stream output)
    {
        _written = true;
        return new SealedWriter(output, _context.Cipher, Format, _header);
    }

    internal async ValueTask<Stream> OpenPlaintextAsync(Stream input, BinaryHttpLimits limits, CancellationToken cancellationToken)
    {
        var buffer = new PeekBuffer(input, Ohttp.ChunkSize);
        int length = Ohttp.ResponseNonceLength(_context.Aead);
        if (!await buffer.EnsureAsync(length, cancellationToken).ConfigureAwait(false))
        {
            throw new ChannelException(RefusalReason.ResponseTruncated, "The answer ended inside its nonce.");
        }

        AeadCipher cipher = Ohttp.ResponseCipher(_context, Format, buffer.Span[..length]);
        buffer.Skip(length);
        return await SealedBody.OpenAsync(buffer, cipher, Format, limits.BodyBytes + limits.HeaderBytes + limits.PaddingBytes,
            RefusalReason.ResponseNotAuthentic, RefusalReason.ResponseTruncated, cancellationToken).ConfigureAwait(false);
    }
}
