using ConfidentialOperator.Cli;
using ConfidentialOperator.Cli.Running;

return await CommandTree.RunAsync(args, CommandContext.OfProcess(), CancellationToken.None).ConfigureAwait(false);
