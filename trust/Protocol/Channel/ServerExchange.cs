using System.Security.Cryptography;
using ConfidentialOperator.Protocol.BinaryHttp;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>One sealed request, opened, and the way to its answer, on the side that holds the private key.</summary>
public sealed class ServerExchange : IDisposable
{
    private readonly HpkeContext _context;

    private ServerExchange(HpkeContext context, OhttpRequestHeader header, SealedFormat format, BinaryHttpRequest request, Stream body)
    {
        _context = context;
        Header = header;
        Format = format;
        Request = request;
        Body = body;
    }

    /// <summary>Gets what stood in clear: its <see cref="OhttpRequestHeader.Encapsulated"/> tells replays.</summary>
    public OhttpRequestHeader Header { get; }

    /// <summary>Gets the format of the request and of its answer.</summary>
    public SealedFormat Format { get; }

    /// <summary>Gets the request that was inside: its head has authenticated.</summary>
    public BinaryHttpRequest Request { get; }

    /// <summary>Gets the content: it ends only if the whole request is authentic and complete, and throws <see cref="ChannelException"/> otherwise.</summary>
    public Stream Body { get; }

    /// <summary>Opens a request as far as its head.</summary>
    /// <param name="input">The body of the outer request.</param>
    /// <param name="format">The format, by its media type.</param>
    /// <param name="findKey">Returns the private key that the header names, or null when it is not in force.</param>
    /// <param name="limits">How much is taken.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    public static async Task<Outcome<ServerExchange>> OpenAsync(Stream input, SealedFormat format, Func<OhttpRequestHeader, HpkePrivateKey?> findKey,
        BinaryHttpLimits limits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(findKey);
        ArgumentNullException.ThrowIfNull(limits);
        var buffer = new PeekBuffer(input, Ohttp.ChunkSize);
        await buffer.EnsureAsync(OhttpRequestHeader.Length, cancellationToken).ConfigureAwait(false);
        if (!OhttpRequestHeader.TryParse(buffer.Span, out OhttpRequestHeader? header, out Refusal? refusal))
        {
            return refusal;
        }

        buffer.Skip(OhttpRequestHeader.Length);
        HpkePrivateKey? key = findKey(header);
        if (key is null)
        {
            return new Refusal(
                RefusalReason.KeyConfigurationExpired, $"The request is sealed to key {header.KeyId}, which is not in force. Fetch and verify the keys again.");
        }

        return Hpke.TrySetupReceiver(header.Aead, key, header.Encapsulated.Span, Ohttp.RequestInfo(format, header.Suite), out HpkeContext? context, out refusal)
            ? await OpenAsync(buffer, format, header, context, limits, cancellationToken).ConfigureAwait(false)
            : refusal;
    }

    /// <summary>Begins the answer; what is written to it is sealed and sent at once.</summary>
    public SealedResponse Respond(Stream output)
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(Ohttp.ResponseNonceLength(_context.Aead));
        return new SealedResponse(BeginResponse(output, nonce));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Body.Dispose();
        _context.Dispose();
    }

    internal SealedWriter BeginResponse(Stream output, byte[] nonce) =>
        new(output, Ohttp.ResponseCipher(_context, Format, nonce), Format, nonce);

    private static async Task<Outcome<ServerExchange>> OpenAsync(PeekBuffer buffer, SealedFormat format, OhttpRequestHeader header,
        HpkeContext context, BinaryHttpLimits limits, CancellationToken cancellationToken)
    {
        try
        {
            Stream plaintext = await SealedBody.OpenAsync(buffer, context.Cipher, format, limits.BodyBytes + limits.HeaderBytes + limits.PaddingBytes,
                RefusalReason.RequestNotAuthentic, RefusalReason.RequestNotAuthentic, cancellationToken).ConfigureAwait(false);
            var reader = new BinaryHttpReader(plaintext, new PeekBuffer(plaintext, 4096), limits, RefusalReason.Malformed);
            (BinaryHttpRequest request, Stream body) = await reader.ReadRequestAsync(cancellationToken).ConfigureAwait(false);
            return new ServerExchange(context, header, format, request, body);
        }
        catch (ChannelException exception)
        {
            context.Dispose();
            return exception.Refusal;
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }
}
