using System.Text.Json.Nodes;

namespace ConfidentialOperator.Lab.Demo.Chapters;

/// <summary>The owner seals the models and says which guests may have them, offline.</summary>
internal static class SealingChapter
{
    public static async Task TellAsync(Stage stage, Telling telling, CancellationToken cancellationToken)
    {
        telling.Chapter("1  The owner seals the models and signs, offline");
        await telling.FactAsync("cfm keygen makes the owner's key; only the owner can read it", async () =>
        {
            await stage.Owner.MakeKeysAsync(cancellationToken);
            UnixFileMode mode = File.GetUnixFileMode(stage.Owner.OwnerKey);
            return Proof.Of(mode == (UnixFileMode.UserRead | UnixFileMode.UserWrite), $"mode {Convert.ToString((int)mode, 8)}");
        });
        foreach (DemoModel model in stage.Models) await SealAsync(stage, telling, model, cancellationToken);
        await telling.FactAsync("cfm policy sign: each policy accepts exactly the pod that cfm render shows", async () =>
        {
            List<string> digests = [];
            foreach (string name in stage.Names) digests.Add(await stage.Owner.SignPolicyAsync(name, cancellationToken));
            List<string> signed = [];
            foreach (string name in stage.Names)
            {
                JsonObject shown = await stage.Cluster.Tools.CfmJsonAsync(cancellationToken,
                    "policy", "show", stage.Owner.Policy(name), "--owner", stage.Owner.OwnerPublicKey);
                signed.Add(shown.ToJsonString());
            }

            return Proof.Of(signed.Zip(digests).All(pair => pair.First.Contains(pair.Second, StringComparison.Ordinal)),
                $"initdata {digests[0][..12]}… for {stage.Names[0]}");
        });
        await telling.FactAsync("cfm callers sign: one caller may ask, and has a key", async () =>
        {
            await stage.Owner.SignCallersAsync(stage.Models, cancellationToken);
            return Proof.Of(stage.Owner.CallerKey.Length >= 43, $"{stage.Owner.CallerKey[..8]}…");
        });
        await telling.FactAsync("cfm key upload: the model keys are at the key broker and nowhere else", async () =>
        {
            await stage.Owner.UploadAsync(stage.Models, cancellationToken);
            byte[] database = [.. Directory.GetFiles(stage.Cluster.Folders.Broker, "broker.db*").SelectMany(File.ReadAllBytes)];
            byte[] key = File.ReadAllBytes(Path.Combine(stage.Cluster.Folders.Owner, $"{stage.Names[0]}.key"));
            return Proof.Of(database.AsSpan().IndexOf(key) < 0, $"{stage.Models.Count} keys stored, wrapped");
        });
    }

    private static Task SealAsync(Stage stage, Telling telling, DemoModel model, CancellationToken cancellationToken) =>
        telling.FactAsync($"cfm seal {model.Name}: no byte of the {model.Task} model is readable in what the cloud gets", async () =>
        {
            await stage.Owner.SealAsync(model, cancellationToken);
            string[] files = Directory.GetFiles(stage.Owner.SealedFolder(model.Name));
            string? readable = Plaintext.Find(model, files);
            return Proof.Of(readable is null, readable ?? $"{files.Length} files, {files.Sum(file => new FileInfo(file).Length) / 1024} KiB");
        });
}
