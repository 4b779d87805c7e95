using ConfidentialOperator.KeyBroker.Setup;

return await CommandLine.RunAsync(args, TimeProvider.System, Console.Out, Console.Error).ConfigureAwait(false);
