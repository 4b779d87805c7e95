using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Controller.Kubernetes;

/// <summary>Something that users should hear of.</summary>
/// <param name="Model">The ConfidentialModel.</param>
/// <param name="Uid">Its uid.</param>
/// <param name="Warning">Whether somebody should act.</param>
/// <param name="Reason">The stable code.</param>
/// <param name="Message">The sentence.</param>
internal sealed record EventNote(ObjectKey Model, string Uid, bool Warning, RefusalReason Reason, string Message);
