using System.Net;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Protocol.Kbs;

namespace ConfidentialOperator.Client.Guests;

/// <summary>Answers outside the channel. They come from whoever is on the way: a code is taken from them, never a text.</summary>
internal static class ClearAnswer
{
    public const int LongestProblem = 64 * 1024;

    /// <summary>Reads at most so many bytes, and says whether that was all.</summary>
    public static async Task<(byte[] Body, bool Whole)> ReadAsync(HttpResponseMessage response, int longest, CancellationToken cancellationToken)
    {
        using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var body = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        while (body.Length <= longest)
        {
            int read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return (body.ToArray(), true);
            }

            body.Write(buffer.AsSpan(0, read));
        }

        return ([], false);
    }

    /// <summary>Returns why the endpoint did not do what it was asked.</summary>
    public static Refusal Reason(HttpResponseMessage response, byte[] body, string what)
    {
        RefusalReason reason = Problem.TryParse(body, out Problem? problem, out _) && problem.Refusal.Reason is not (RefusalReason.InternalError or RefusalReason.None)
            ? problem.Refusal.Reason
            : OfStatus(response.StatusCode, body);
        string wait = response.Headers.RetryAfter?.Delta is { } delta ? $" It asks to wait for {delta.TotalSeconds:0} seconds." : "";
        return new(reason, $"The endpoint refused {what} with status {(int)response.StatusCode} and reason {reason}.{wait}");
    }

    private static RefusalReason OfStatus(HttpStatusCode status, byte[] body) => status switch
    {
        HttpStatusCode.UnprocessableEntity when body.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(Ohttp.KeyProblemType)) >= 0 =>
            RefusalReason.KeyConfigurationExpired,
        HttpStatusCode.TooManyRequests => RefusalReason.RateLimited,
        HttpStatusCode.RequestEntityTooLarge => RefusalReason.TooLarge,
        HttpStatusCode.BadRequest => RefusalReason.Malformed,
        _ => RefusalReason.EndpointUnavailable,
    };
}
