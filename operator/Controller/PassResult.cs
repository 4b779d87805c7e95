namespace ConfidentialOperator.Controller;

/// <summary>How a pass over a model ended.</summary>
internal enum PassResult
{
    Success,
    RequeueAfter,
    Error,
    Timeout,
    Panic,
}

/// <summary>The words of controller-runtime for it.</summary>
internal static class PassResults
{
    public static string Word(this PassResult result) => result switch
    {
        PassResult.Success => "success",
        PassResult.RequeueAfter => "requeue_after",
        _ => "error",
    };
}
