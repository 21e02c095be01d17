import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.opensearch.Version;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/**
 * One node of a cluster, from the jars on the class path: FOLDER SETTING=VALUE...
 *
 * <p>A distribution loads its modules from folders; here they are plain classes.
 */
public final class SearchNode extends Node {
  private static final String[] MODULES = {
    "org.opensearch.transport.Netty4ModulePlugin",
    "org.opensearch.analysis.common.CommonAnalysisModulePlugin",
    "org.opensearch.painless.PainlessModulePlugin",
    "org.opensearch.index.reindex.ReindexModulePlugin",
    "org.opensearch.index.mapper.MapperExtrasModulePlugin",
  };

  private SearchNode(Environment environment, List<PluginInfo> modules) {
    super(environment, modules, true);
  }

  @Override
  protected void configureNodeAndClusterIdStateListener(ClusterService service) {
    // The parent marks log lines by a logger that only a distribution has.
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]).toAbsolutePath();
    Path config = folder.resolve("config");
    Files.createDirectories(config);
    Settings.Builder settings = Settings.builder().put("path.home", folder.toString());
    for (int number = 1; number < arguments.length; number++) {
      String[] pair = arguments[number].split("=", 2);
      settings.put(pair[0], pair[1]);
    }
    String name = settings.get("node.name");
    List<PluginInfo> modules = new ArrayList<>();
    String java = Integer.toString(Runtime.version().feature());
    for (String module : MODULES) {
      Class.forName(module); // says which one is missing; a node would not
      modules.add(new PluginInfo(
          module, "a module", "none", Version.CURRENT, java, module, List.of(), false));
    }
    Environment environment = InternalSettingsPreparer.prepareEnvironment(
        settings.build(), Map.of(), config, () -> name);
    SearchNode node = new SearchNode(environment, modules);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        node.close();
      } catch (Exception error) {
        error.printStackTrace();
      }
    }));
    node.start();
    Thread.currentThread().join();
  }
}
