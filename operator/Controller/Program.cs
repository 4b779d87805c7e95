using ConfidentialOperator.Controller;
using ConfidentialOperator.Controller.Hosting;
using k8s.Exceptions;
using Microsoft.Extensions.Options;

try
{
    WebApplication application = ControllerApplication.Create();
    ControllerLoop loop = application.Services.GetRequiredService<ControllerLoop>();
    await application.RunAsync().ConfigureAwait(false);
    return loop.HasLostLease ? 1 : 0;
}
catch (Exception exception) when (exception is OptionsValidationException or KubeConfigException or IOException or FormatException or InvalidOperationException)
{
    using ILoggerFactory loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole());
    loggers.CreateLogger("ConfidentialOperator.Controller").Failed(exception.Message);
    return 1;
}
