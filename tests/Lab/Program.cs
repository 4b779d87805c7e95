using System.Runtime.InteropServices;
using ConfidentialOperator.Lab.Hosting;
using ConfidentialOperator.Lab.Verbs;

using CancellationTokenSource stopping = new();

// Whoever ends the Lab ends it in order: pods and programs are stopped before it goes.
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stopping.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    return await LabVerbs.RunAsync(args, stopping.Token);
}
catch (LabException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    await Console.Error.WriteLineAsync("Interrupted; everything that was started is stopped.");
    return 130;
}
