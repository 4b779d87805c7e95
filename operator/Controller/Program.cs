using ConfidentialOperator.Controller;
using ConfidentialOperator.Controller.Hosting;
using k8s.Exceptions;
using Microsoft.Extensions.Options;

try
{
    WebApplication application = ControllerApplication.Create();
    await application.RunAsync().ConfigureAwait(false);
    return 0;
}
catch (Exception exception) when (exception is OptionsValidationException or KubeConfigException or IOException or FormatException or InvalidOperationException)
{
    using ILoggerFactory loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole());
    loggers.CreateLogger("ConfidentialOperator.Controller").Failed(exception.Message);
    return 1;
}
