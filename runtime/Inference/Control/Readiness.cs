using ConfidentialOperator.Inference.Access;
using ConfidentialOperator.Inference.Channel;
using ConfidentialOperator.Inference.Keys;
using ConfidentialOperator.Inference.Sealing;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;

namespace ConfidentialOperator.Inference.Control;

/// <summary>Whether the guest serves: the model is loaded, and it is known who may ask.</summary>
internal sealed class Readiness(ModelSlot slot, CallerGate gate, KeysetSource keysets, RequestPlaces places)
{
    /// <summary>Gets whether requests can be answered.</summary>
    public bool IsReady => slot.Served is not null && gate.IsReady;

    /// <summary>Says why requests cannot be answered.</summary>
    public Refusal NotReady => new(RefusalReason.ModelNotReady, Message());

    /// <summary>Gets the state for the Sidecar.</summary>
    public InferenceState State()
    {
        InferencePhase phase = slot.Phase == InferencePhase.Ready && !gate.IsReady ? InferencePhase.Loading : slot.Phase;
        Refusal? refusal = slot.Refusal;
        return new InferenceState
        {
            Phase = phase,
            Reason = refusal?.Reason.ToString() ?? "",
            Message = phase == InferencePhase.Ready ? "" : Message(),
            Model = slot.Served,
            InFlight = places.Taken,
            KeysetSha256 = IsReady && keysets.Current() is { } keyset ? ByteString.Sha256(keyset.Span).ToString() : "",
        };
    }

    private string Message() => (slot.Phase, slot.Refusal) switch
    {
        (_, { } refusal) => refusal.Message,
        (InferencePhase.AwaitingKey, _) => "The model's key has not arrived.",
        (InferencePhase.Ready, _) => "The model is loaded; the caller list has not arrived.",
        _ => "The model is being opened and loaded.",
    };
}
