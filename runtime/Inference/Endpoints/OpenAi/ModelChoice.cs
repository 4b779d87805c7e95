using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Endpoints.OpenAi;

/// <summary>Checks the field <c>model</c> against the one model that is loaded.</summary>
internal static class ModelChoice
{
    /// <summary>Says why this model cannot do this; null when it can.</summary>
    public static Refusal? Check(ILoadedModel loaded, string asked, bool can, string what) => asked == loaded.Name
        ? can ? null : new(RefusalReason.Unsupported, $"The model '{loaded.Name}' has the task '{loaded.Task}' and cannot be used for {what}.")
        : new(RefusalReason.ModelNotFound, $"The model that is asked for is not served here; this guest serves '{loaded.Name}'.");
}
