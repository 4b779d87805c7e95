using ConfidentialOperator.Inference;
using ConfidentialOperator.Inference.Confinement;
using Microsoft.Extensions.Options;

// First of all: what is opened before this would be out of the filter's reach.
ConfinementVerdict verdict = ConfinementVerdict.Confine();
try
{
    await using WebApplication application = InferenceApplication.Create(verdict);
    await application.RunAsync().ConfigureAwait(false);
    return 0;
}
catch (OptionsValidationException exception)
{
    await Console.Error.WriteLineAsync($"The environment is refused: {exception.Message}").ConfigureAwait(false);
    return 30;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
{
    await Console.Error.WriteLineAsync($"Inference cannot start: {exception.Message}").ConfigureAwait(false);
    return 1;
}
