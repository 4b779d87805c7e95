using ConfidentialOperator.Sidecar;

return await SidecarApplication.RunAsync(Console.Error).ConfigureAwait(false);
