using System.Net;
using ConfidentialOperator.Client.Guests;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Client.Sealing;

/// <summary>Seals a request to a verified channel, sends it and opens the answer as far as its head.</summary>
internal sealed class SealedSender(ConfidentialClientOptions options, HttpMessageInvoker transport)
{
    private const string Gateway = "/.well-known/ohttp-gateway";
    private const string KeyIdHeader = "Confidential-Key-Id";
    private const string KeysetHeader = "Confidential-Keyset";

    public async Task<SendAttempt> SendAsync(VerifiedChannel channel, InnerRequest inner, CancellationToken cancellationToken)
    {
        if (!ClientExchange.TryBegin(channel.Key, channel.Aead, SealedFormat.Chunked, out ClientExchange? exchange, out Refusal? refusal))
        {
            return SendAttempt.Refused(refusal);
        }

        HttpResponseMessage? response = null;
        bool handedOver = false;
        try
        {
            using var outer = new HttpRequestMessage(HttpMethod.Post, options.At(Gateway)) { Content = new SealedContent(exchange, inner) };
            outer.Headers.Add(KeyIdHeader, channel.Key.KeyName);
            response = await transport.SendAsync(outer, cancellationToken).ConfigureAwait(false);
            SendAttempt attempt = await OpenAsync(exchange, response, cancellationToken).ConfigureAwait(false);
            handedOver = attempt.Result.Answered;
            return attempt;
        }
        catch (HttpRequestException exception) when (!cancellationToken.IsCancellationRequested)
        {
            return Unavailable(exception.HttpRequestError);
        }
        catch (IOException) when (!cancellationToken.IsCancellationRequested)
        {
            return Truncated();
        }
        finally
        {
            if (!handedOver)
            {
                response?.Dispose();
                exchange.Dispose();
            }
        }
    }

    private async Task<SendAttempt> OpenAsync(ClientExchange exchange, HttpResponseMessage outer, CancellationToken cancellationToken)
    {
        ByteString? keyset = Keyset(outer);
        if (outer.StatusCode != HttpStatusCode.OK)
        {
            (byte[] body, _) = await ClearAnswer.ReadAsync(outer, ClearAnswer.LongestProblem, cancellationToken).ConfigureAwait(false);
            return new(SendResult.Refused(ClearAnswer.Reason(outer, body, "the sealed request")), keyset);
        }

        if (outer.Content.Headers.ContentType?.MediaType != Ohttp.ResponseType(exchange.Format))
        {
            return new(SendResult.Refused(new(RefusalReason.ResponseNotAuthentic,
                $"The endpoint answered with something else than {Ohttp.ResponseType(exchange.Format)}: it is not the guest that answers.")), keyset);
        }

        Stream sealedBody = await outer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        Outcome<OpenedResponse> opened = await exchange.OpenResponseAsync(sealedBody, options.Limits, cancellationToken).ConfigureAwait(false);
        return new(opened.Accepted ? SendResult.Of(InnerResponse.Make(opened.Value, exchange, outer)) : SendResult.Refused(opened.Refusal), keyset);
    }

    private SendAttempt Unavailable(HttpRequestError error) => SendAttempt.Refused(error == HttpRequestError.ResponseEnded
        ? Truncated().Result.Refusal!
        : new(RefusalReason.EndpointUnavailable, $"The endpoint {options.Endpoint} cannot be reached: {error}."));

    private static SendAttempt Truncated() => SendAttempt.Refused(new(RefusalReason.ResponseTruncated, "The connection ended before the head of the answer."));

    private static ByteString? Keyset(HttpResponseMessage outer) =>
        outer.Headers.TryGetValues(KeysetHeader, out IEnumerable<string>? values) && ByteString.TryFromHex(values.First(), 32, out ByteString? digest) ? digest : null;
}
