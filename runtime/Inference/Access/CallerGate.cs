using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Access;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Inference.Access;

/// <summary>
/// Decides who may ask, from what stands inside the sealed request. It is the only place that knows callers; what it refuses is said inside the
/// sealed answer.
/// </summary>
internal sealed class CallerGate(CallerBook book, IOptions<RuntimeOptions> options, TimeProvider time)
{
    private const string Scheme = "Bearer ";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _inFlight = new(StringComparer.Ordinal);

    /// <summary>Gets whether there is something to decide with.</summary>
    public bool IsReady => options.Value.Access.Mode == AccessMode.Open || book.List is not null;

    /// <summary>Lets a request in, or says why not.</summary>
    /// <param name="authorization">The field <c>authorization</c> of the sealed request.</param>
    /// <param name="place">The caller's place, to be disposed with the request.</param>
    /// <param name="refusal">Why there is none.</param>
    public bool TryEnter(string? authorization, [NotNullWhen(true)] out CallerPlace? place, [NotNullWhen(false)] out Refusal? refusal)
    {
        place = null;
        if (options.Value.Access.Mode == AccessMode.Open)
        {
            place = new CallerPlace(() => { });
            refusal = null;
            return true;
        }

        Caller? caller = Find(authorization);
        refusal = Check(caller);
        return refusal is null && TryTake(caller!, out place, out refusal);
    }

    private Caller? Find(string? authorization) =>
        authorization is not null && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CallerKey.TryHash(authorization.AsSpan(Scheme.Length).Trim(), out ByteString? sha256)
            ? book.List?.Find(sha256) : null;

    private Refusal? Check(Caller? caller) => caller switch
    {
        null => new(RefusalReason.CallerUnknown,
            "The key of the caller is missing or not known here; send 'Authorization: Bearer KEY' with a key that the model's owner gave out."),
        _ when time.GetUtcNow() >= caller.NotAfter => new(RefusalReason.CallerExpired, "The key of the caller has expired; ask the model's owner for a new one."),
        _ when !caller.Models.Contains(options.Value.Model.Name) =>
            new(RefusalReason.CallerModelForbidden, $"The caller may not use the model '{options.Value.Model.Name}'; the model's owner can allow it."),
        _ => null,
    };

    private bool TryTake(Caller caller, [NotNullWhen(true)] out CallerPlace? place, [NotNullWhen(false)] out Refusal? refusal)
    {
        lock (_lock)
        {
            int taken = _inFlight.GetValueOrDefault(caller.Name);
            if (taken >= caller.MaxInFlight)
            {
                place = null;
                refusal = new(RefusalReason.CallerLimitExceeded, $"The caller has {caller.MaxInFlight} requests in flight, which is its limit; wait for one to end.");
                return false;
            }

            _inFlight[caller.Name] = taken + 1;
        }

        place = new CallerPlace(() => Leave(caller.Name));
        refusal = null;
        return true;
    }

    private void Leave(string name)
    {
        lock (_lock)
        {
            if (--_inFlight[name] == 0)
            {
                _inFlight.Remove(name);
            }
        }
    }
}
